// A view as a table: rows come as they are scrolled to, are edited in place, and flash when somebody else changes them.
import { AllCommunityModule, type CellEditRequestEvent, type CellKeyDownEvent, type GridApi, ModuleRegistry, themeQuartz } from 'ag-grid-community';
import { AgGridReact } from 'ag-grid-react';
import { App, Grid as Screen } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { asShown } from '../cells/shapes';
import { readOnly } from '../cells/types';
import type { Field, Row, View } from '../feishu';
import { useGround } from '../ground/Ground';
import { fieldsInOrder, type Layout } from '../ground/structure';
import { onNews } from '../live';
import { usePlace } from '../place';
import { Places } from '../records/places';
import { remember } from '../records/putbacks';
import { useRefusal } from '../records/refusals';
import { update } from '../records/writes';
import { useWords, type Words } from '../words';
import { Actions } from './Actions';
import { readCalmly } from './calm';
import { Seen } from './changes';
import { useClipboard } from './clipboard';
import { columnOf, OPEN, openColumn } from './columns';
import './grid.css';
import { enterAtCell, tab } from './keyboard';
import { Refresh } from './refresh';

ModuleRegistry.registerModules([AllCommunityModule]);
const LOOK = themeQuartz.withParams({ accentColor: '#3370ff', fontSize: 13, headerFontSize: 13, spacing: 6, wrapperBorder: false, wrapperBorderRadius: 0 });
const BLOCK = 100;
/** Each change of the table has all of them read again: enough for the screen and a little around it. */
const BLOCKS_KEPT = 5;

const AS_TABLE: Words = { zh: '本页面把这种视图显示为表格', en: 'This page shows this kind of view as a table' };

export function Grid({ view, layout }: { view: View; layout: Layout }) {
  const ground = useGround();
  const { say, language } = useWords();
  const refuse = useRefusal();
  const { go } = usePlace();
  const setOpen = (record: string) => go({ record });
  const { message } = App.useApp();
  const narrow = !Screen.useBreakpoint().md;
  const api = useRef<GridApi<Row> | null>(null);
  const [chosen, setChosen] = useState<Row[]>([]);
  const [total, setTotal] = useState<number | null>(null);
  const fields = useMemo(() => fieldsInOrder(ground.fields, layout), [ground.fields, layout]);
  const places = useMemo(() => new Places(ground, view), [ground, view]);
  const refresh = useMemo(() => new Refresh(() => api.current), []);
  const source = useSource(places, fields, api, refresh, setTotal);
  const columns = useMemo(
    () => [openColumn(say({ zh: '打开第几行', en: 'Open row' }), setOpen), ...fields.map((field) => columnOf(field, narrow))],
    [fields, language, narrow],
  );
  useRefresh(refresh);
  const clipboard = useClipboard(api, places, fields, chosen);

  const edit = async (event: CellEditRequestEvent<Row>) => {
    const field = fields.find((one) => one.field_name === event.column.getColId())!;
    const { record_id, fields: before } = event.data;
    const name = field.field_name;
    const shown = asShown(field, event.newValue ?? null, ground.people);
    remember(ground, record_id, { [name]: before[name] }, { [name]: shown });
    event.node.setData({ record_id, fields: { ...before, [name]: shown } });
    try {
      await update(ground, [{ record_id, fields: { [name]: event.newValue ?? null } }]);
    } catch (error) {
      event.node.setData({ record_id, fields: before });
      refuse(error);
    }
  };
  const explain = (id: string) => {
    const why = readOnly(fields.find((one) => one.field_name === id) ?? ({ type: 0 } as Field));
    if (why) message.info(say(why));
  };
  const pressed = ({ event, column, data }: CellKeyDownEvent<Row>) => {
    const key = (event as KeyboardEvent | null)?.key;
    const opens = column.getColId() === OPEN && data !== undefined && event?.target === (event?.target as Element).closest('.ag-cell');
    if (key === 'Enter') explain(column.getColId());
    if ((key === 'Enter' || key === ' ') && opens) setOpen(data.record_id);
  };

  return (
    <section className="grid" aria-label={view.view_name} onPaste={clipboard.paste} onCopy={clipboard.copy}>
      <Actions chosen={chosen} total={total} note={view.view_type === 'grid' ? null : AS_TABLE} onOpen={setOpen} onDone={() => api.current?.deselectAll()} />
      <AgGridReact<Row>
        theme={LOOK}
        columnDefs={columns}
        defaultColDef={{ sortable: false, suppressMovable: true, resizable: true }}
        rowModelType="infinite"
        datasource={source}
        cacheBlockSize={BLOCK}
        maxBlocksInCache={BLOCKS_KEPT}
        getRowId={({ data }) => data.record_id}
        rowSelection={{ mode: 'multiRow', headerCheckbox: false, enableClickSelection: false }}
        selectionColumnDef={{ pinned: 'left', width: 40 }}
        readOnlyEdit
        stopEditingWhenCellsLoseFocus={false}
        tooltipShowDelay={400}
        enterNavigatesVerticallyAfterEdit
        focusGridInnerElement={enterAtCell}
        tabToNextCell={tab}
        onGridReady={(event) => void (api.current = event.api)}
        onCellEditRequest={(event) => void edit(event)}
        onCellDoubleClicked={({ column }) => explain(column.getColId())}
        onCellKeyDown={(event) => 'column' in event && pressed(event as CellKeyDownEvent<Row>)}
        onSelectionChanged={(event) => setChosen(event.api.getSelectedRows())}
        localeText={{
          loadingOoo: say({ zh: '加载中…', en: 'Loading…' }),
          noRowsToShow: say({ zh: '没有记录', en: 'No rows' }),
        }}
      />
    </section>
  );
}

/** Where the grid gets its rows; flashes what changed since it was last read. */
function useSource(places: Places, fields: Field[], api: { current: GridApi<Row> | null }, refresh: Refresh, onTotal: (total: number) => void) {
  const refuse = useRefusal();
  return useMemo(() => {
    const seen = new Seen();
    return {
      getRows: async ({ startRow, endRow, successCallback, failCallback }: GetRows) => {
        refresh.begun();
        try {
          const { rows, total } = await readCalmly(() => api.current, () => places.rows(startRow, endRow));
          const changed = seen.changed(fields, rows);
          onTotal(total);
          successCallback(rows, total);
          for (const [id, different] of changed) flash(api.current, id, different);
        } catch (error) {
          failCallback();
          refuse(error);
        } finally {
          refresh.ended();
        }
      },
    };
  }, [places, fields, refuse, api, refresh, onTotal]);
}

type GetRows = { startRow: number; endRow: number; successCallback: (rows: Row[], last?: number) => void; failCallback: () => void };

function flash(api: GridApi<Row> | null, recordId: string, fields: Field[]): void {
  const node = api?.getRowNode(recordId);
  if (node) api?.flashCells({ rowNodes: [node], columns: fields.map((field) => field.field_name) });
}

/** Reads the rows again when news say that the table changed. */
function useRefresh(refresh: Refresh): void {
  const { base, tableId } = useGround();
  useEffect(
    () =>
      onNews((items) => {
        const here = items === null || items.some((item) => item.app_token === base.app_token && item.table_id === tableId);
        if (here) refresh.ask();
      }),
    [refresh, base.app_token, tableId],
  );
}
