// Opens the witnesses of the log that CHANCERY_WITNESSES lists, separated by commas. Each is a verifier key and a URL:
// `witness.example/w1+4c7a333e+BAvr… https://witness.example/w1`.
import { httpWitness } from '../../adapters/http/http-witness.ts';
import type { Witness } from '../../domain/log/witnesses.ts';

/**
 * Opens the listed witnesses.
 *
 * @throws RangeError if a witness cannot be used; its message follows the variable's name
 */
export function openWitnesses(environment: Readonly<Record<string, string | undefined>>): Witness[] {
  const entries = environment['CHANCERY_WITNESSES']?.split(',').map((each) => each.trim()) ?? [];
  return entries.filter((each) => each !== '').map(open);
}

function open(entry: string): Witness {
  const [vkey = '', url = '', ...more] = entry.split(/\s+/);
  if (url === '' || more.length > 0)
    throw new RangeError(
      `must have a verifier key, a space and a URL for each witness, with commas between; "${entry}" is not that`,
    );
  try {
    return httpWitness(vkey, url);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RangeError(`has a witness that cannot be used, "${entry}": ${why}`, { cause: error });
  }
}
