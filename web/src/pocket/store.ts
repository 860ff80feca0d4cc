// What this browser keeps: the queue of check-ins, its own credential, what was last seen.
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import type { Entry } from "./queue/entry";

interface PocketSchema extends DBSchema {
  entries: { key: string; value: Entry };
  kept: { key: string; value: unknown };
}

type Store = IDBPDatabase<PocketSchema>;

let opening: Promise<Store> | null = null;

export function store(): Promise<Store> {
  opening ??= openDB<PocketSchema>("fieldhub-pocket", 1, {
    upgrade(database) {
      database.createObjectStore("entries", { keyPath: "id" });
      database.createObjectStore("kept");
    },
  });
  return opening;
}

export async function keep(key: string, value: unknown): Promise<void> {
  await (await store()).put("kept", value, key);
}

export async function kept<Value>(key: string): Promise<Value | undefined> {
  return (await (await store()).get("kept", key)) as Value | undefined;
}
