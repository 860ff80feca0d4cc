// This browser as one of the rep's devices: enrolled once, with a credential of its own.
import { EnrolPocketDocument, TrackWithPocketDocument } from "../graphql";
import { ask } from "../shared/ask";
import type { Session } from "../shared/session/session";
import type { Credentials } from "./queue/queue";
import { keep, kept } from "./store";

interface Device {
  id: string;
  credential: string;
}

const keyOf = (rep: string) => `device:${rep}`;

/** The credentials of this browser. One is made for the rep who is signed in, and only for them. */
export function deviceCredentials(session: Session, signedIn: () => string | null): Credentials {
  const device = async (rep: string): Promise<Device | null> => {
    const known = await kept<Device>(keyOf(rep));
    if (known) return known;
    return rep === signedIn() ? enrol(session, rep) : null;
  };
  return {
    of: async (rep) => (await device(rep))?.credential ?? null,
    forget: (rep) => keep(keyOf(rep), undefined),
  };
}

async function enrol(session: Session, rep: string): Promise<Device | null> {
  const token = await session.freshToken();
  if (token === null) return null;
  const { enrolDevice } = await ask(EnrolPocketDocument, { name: nameOfBrowser() }, token);
  if (!enrolDevice.device || enrolDevice.credential === null) return null;
  const device = { id: enrolDevice.device.id, credential: enrolDevice.credential };
  await keep(keyOf(rep), device);
  return device;
}

/** From now on the rep's visits are made from this browser's positions. */
export async function trackWithThisDevice(session: Session, rep: string): Promise<void> {
  const device = (await kept<Device>(keyOf(rep))) ?? (await enrol(session, rep));
  if (!device) return;
  await ask(TrackWithPocketDocument, { deviceId: device.id }, await session.freshToken());
}

function nameOfBrowser(): string {
  const system = /iPhone|iPad|Android|Windows|Mac OS|Linux/.exec(navigator.userAgent)?.[0];
  return `Fieldhub, ${system ?? "web"}`;
}
