// What a base is made of, read as a person: tables, columns, views, and how a view shows them.
import { useQuery } from '@tanstack/react-query';
import { all, as, type Base, control, type Field, type Person, Refused, type Table, type View } from '../feishu';

export function usePeople() {
  return useQuery({
    queryKey: ['people'],
    queryFn: () => control<{ people: Person[]; bot_open_id: string }>('GET', 'people'),
  });
}

export function useBases() {
  return useQuery({
    queryKey: ['bases'],
    queryFn: async () => (await control<{ bases: Base[] }>('GET', 'bases')).bases,
  });
}

export function useTables(openId: string, base: Base | undefined) {
  return useQuery({
    queryKey: ['structure', base?.app_token, 'tables', openId],
    queryFn: () => all<Table>(openId, `bitable/v1/apps/${base!.app_token}/tables?page_size=100`),
    enabled: Boolean(base && openId),
  });
}

const tablePath = (base: Base, tableId: string) => `bitable/v1/apps/${base.app_token}/tables/${tableId}`;

export function useFields(openId: string, base: Base | undefined, tableId: string | undefined) {
  return useQuery({
    queryKey: ['structure', base?.app_token, 'fields', tableId, openId],
    queryFn: () => all<Field>(openId, `${tablePath(base!, tableId!)}/fields?page_size=100`),
    enabled: Boolean(base && tableId && openId),
  });
}

export function useViews(openId: string, base: Base | undefined, tableId: string | undefined) {
  return useQuery({
    queryKey: ['structure', base?.app_token, 'views', tableId, openId],
    queryFn: () => all<View>(openId, `${tablePath(base!, tableId!)}/views?page_size=100`),
    enabled: Boolean(base && tableId && openId),
  });
}

/** How a view shows its table: field ids in order without the hidden ones, and the field ids it groups by. */
export type Layout = { order: string[]; group: string[] };

/** The fields that a view shows, in its order; all of them where the order is not known. */
export function fieldsInOrder(fields: Field[], layout: Layout): Field[] {
  if (layout.order.length === 0) return fields;
  const byId = new Map(fields.map((field) => [field.field_id, field]));
  return layout.order.flatMap((id) => byId.get(id) ?? []);
}

/** Nothing, where Feishu refuses to tell; silence is no refusal. */
function none(error: unknown): [] {
  if (error instanceof Refused) return [];
  throw error;
}

/** The layout; tenants without base v3 have no order of a view's own: then the table's, all shown. */
export function useLayout(openId: string, base: Base, tableId: string, view: View | undefined) {
  return useQuery({
    queryKey: ['structure', base.app_token, 'layout', tableId, view?.view_id, openId],
    queryFn: async (): Promise<Layout> => {
      const path = `base/v3/bases/${base.app_token}/tables/${tableId}/views/${view!.view_id}`;
      const order = await as<string[]>(openId, 'GET', `${path}/visible_fields`).catch(none);
      const group = await as<{ field: string }[]>(openId, 'GET', `${path}/group`).catch(none);
      return { order, group: group.map((key) => key.field) };
    },
    enabled: Boolean(view),
  });
}
