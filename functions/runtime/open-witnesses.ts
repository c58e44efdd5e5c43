// The witnesses of the log, as the environment names them: CHANCERY_WITNESSES has a verifier key and a URL each,
// `witness.example/w1+4c7a333e+BAvr… https://witness.example/w1`, with commas between.
import { httpWitness } from '../../adapters/http/http-witness.ts';
import type { Witness } from '../../domain/log/witnesses.ts';

/** Throws RangeError if one of them cannot be used; its message follows the variable's name. */
export function openWitnesses(environment: Readonly<Record<string, string | undefined>>): Witness[] {
  const named = environment['CHANCERY_WITNESSES']?.split(',').map((each) => each.trim()) ?? [];
  return named.filter((each) => each !== '').map(opened);
}

function opened(named: string): Witness {
  const [vkey = '', url = '', ...more] = named.split(/\s+/);
  if (url === '' || more.length > 0)
    throw new RangeError(
      `must have a verifier key, a space and a URL for each witness, with commas between; "${named}" is not that`,
    );
  try {
    return httpWitness(vkey, url);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RangeError(`has a witness that cannot be used, "${named}": ${why}`, { cause: error });
  }
}
