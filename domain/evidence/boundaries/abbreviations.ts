// Words that tell whether a point ends a sentence. In lower case, without the point.

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** A name or another word follows these, so their point never ends a sentence. */
export const TITLES = words(`
  mr mrs ms messrs dr prof st gen col lt sgt capt cpt maj adm brig cmdr gov sen rep rev hon pres amb sec vs cf approx
  mme mmes mlle mgr mm
  hr hrn fr frl dipl ing bzw ca evtl ggf inkl vgl sog nr abs
  sra srta dra dña excmo excma ud uds ee
  sig dott on avv exmo exma
  dhr mevr mej drs
  г гг им проф акад ул см напр т др стр рис тов
  płk ul np tzn św ks
  sn doç av bkz
  κ κα κκ`);

/** Not the end of a sentence before a number: "No. 5", "Art. IV", "Jan. 3". */
export const BEFORE_NUMBERS = words(`
  no nos art arts vol vols p pp fig figs ch sec para paras núm pág págs n° nr abs str godz
  jan feb mar apr jun jul aug sep sept oct nov dec`);

/** Their point ends a sentence only before a word of STARTERS. */
export const COMPANIES = words('inc ltd co corp bros jr sr etc llc plc');

/** Words that usually begin a sentence and are no names. */
export const STARTERS = words(`
  the a an he she it they we i you this that these those there here his her its their our my
  but and or so if when while after before as at in on for from with by to of no not yet still both neither
  who what why how where asked according however moreover meanwhile
  le la les un une il elle ils elles on ce cette mais et
  der die das ein eine er sie es wir ich aber und
  el los las ella ellos pero y
  он она они мы это но и в на по с`);

/** Words after an ordinal, whose point then ends no sentence: "3. März". */
export const MONTHS = words(`
  januar jänner februar märz april mai juni juli august september oktober november dezember jahrhundert
  januari februari mars maj augusti marts oktober
  ledna února března dubna května června července srpna září října listopadu prosince
  január február marec apríl máj jún júl október
  tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta
  marraskuuta joulukuuta
  siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna studenoga prosinca`);
