// What everything below a table needs to know: who looks, at which base and table, with which columns and people.
import { createContext, type ReactNode, useContext } from 'react';
import type { Base, Field, Person } from '../feishu';

export type Ground = {
  openId: string;
  base: Base;
  tableId: string;
  fields: Field[];
  people: Person[];
};

const Here = createContext<Ground | null>(null);

export function GroundProvider({ ground, children }: { ground: Ground; children: ReactNode }) {
  return <Here.Provider value={ground}>{children}</Here.Provider>;
}

export function useGround(): Ground {
  const ground = useContext(Here);
  if (ground === null) throw new Error('outside of a table');
  return ground;
}

/** The beginning of the calls about the records of a table. */
export function recordsPath(ground: Ground, tableId = ground.tableId): string {
  return `bitable/v1/apps/${ground.base.app_token}/tables/${tableId}/records`;
}
