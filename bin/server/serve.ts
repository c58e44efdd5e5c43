// Serves an archive on loopback without sign-in: the embedded one, or one on AWS's stores.
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Witness } from '../../domain/log/witnesses.ts';
import { alarm } from '../../functions/runtime/alarm.ts';
import { rollbackRetentionIn } from '../../functions/settings/retention.ts';
import { scheduleIn } from '../../functions/settings/rebuild-schedule.ts';
import type { ArchiveOptions, RunningArchive } from './run-archive.ts';
import { openEmbedded } from './embedded.ts';
import { httpServer } from './http-server.ts';

export interface Serving {
  readonly url: string;
  /** The folder or the tables that hold the archive. */
  readonly location: string;
  readonly running: RunningArchive;
  readonly stop: () => Promise<void>;
}

export interface ServeOptions {
  /** The embedded archive's folder. Without it, the environment names AWS's stores. */
  readonly home?: string;
  /** On AWS's stores: create absent tables and buckets. */
  readonly create?: boolean;
  /** 0 selects a free port. */
  readonly port: number;
  /** A loopback address. */
  readonly host: string;
  readonly subject: string;
  /** Origin of the embedded archive's log. On AWS's stores the environment names it. */
  readonly origin?: string;
  /** Witnesses that cosign each signed checkpoint of the log. */
  readonly witnesses?: readonly Witness[];
}

/** @throws DatabaseInUse if another process serves this folder */
export async function startServing({
  home,
  create = false,
  port,
  host,
  subject,
  origin,
  witnesses = [],
}: ServeOptions): Promise<Serving> {
  const { everyMs, alwaysWrites } = scheduleIn(process.env);
  const options = {
    subject,
    alarm,
    witnesses,
    rollbackRetentionMs: rollbackRetentionIn(process.env),
    alwaysWrites,
    ...(everyMs === undefined ? {} : { schedule: everyMs }),
  };
  const running =
    home === undefined
      ? await onAws({ ...options, create })
      : await openEmbedded(resolve(home), { ...options, ...(origin === undefined ? {} : { origin }) });
  const server = httpServer(running.api, alarm);
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    await running.close();
    throw error;
  }
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host === '::1' ? '[::1]' : host}:${bound}`,
    location: home === undefined ? "AWS's stores" : resolve(home),
    running,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await running.close();
    },
  };
}

/** Loads the AWS SDK only if it is used. */
async function onAws(options: ArchiveOptions & { create: boolean }): Promise<RunningArchive> {
  const { openOnAws } = await import('./on-aws.ts');
  return openOnAws(options);
}
