import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { HistoryQuery } from '../../../lib/influx/history-query';
import { InfluxHistory, type InfluxHistoryOptions } from '../../../lib/influx/influx-history';
import { TwinError } from '../../../lib/reading/twin-error';
import { InfluxDatabase } from '../../support/influx-database';
import { allOf } from '../../support/cut-bytes';
import { freePort } from '../../support/own-mosquitto';

const START_MS = 1_700_000_400_000;
const MINUTE = 60_000;

/** Two boards, one value a minute for ten minutes: board a 0, 1, 2 …, board b 100, 101 …; the fifth of a is missing. */
const LINES = Array.from({ length: 10 }, (_, minute) => {
  const time = START_MS + minute * MINUTE;
  const a = minute === 4 ? '' : `room,Source=a temp=${minute},on=${minute % 2 === 0},note="n${minute}" ${time}\n`;
  return `${a}room,Source=b temp=${100 + minute} ${time}`;
}).join('\n');

async function historyOf(t: TestContext, lines: string, options: InfluxHistoryOptions = {}) {
  const database = await InfluxDatabase.create(t);
  if (lines) assert.equal((await database.write(lines)).status, 204);
  const history = new InfluxHistory(database.connection, options);
  t.after(() => history.close());
  return { database, history };
}

const ofBoardA: HistoryQuery = {
  measurement: 'room',
  field: 'temp',
  tags: { Source: 'a' },
  start: START_MS,
  stop: START_MS + 10 * MINUTE,
};
const minutes = (times: readonly number[]): number[] => times.map((time) => (time - START_MS) / MINUTE);
const failsWith =
  (code: string, words = /./) =>
  (error: unknown) =>
    error instanceof TwinError && error.code === code && words.test(error.message);

describe('history as a series', () => {
  it('has the values of one board in order of time, the end not included', async (t) => {
    const { history } = await historyOf(t, LINES);
    const series = await history.series({ ...ofBoardA, stop: START_MS + 9 * MINUTE });
    assert.equal(series.name, 'temp');
    assert.deepEqual(minutes(series.times), [0, 1, 2, 3, 5, 6, 7, 8]);
    assert.deepEqual(series.values, [0, 1, 2, 3, 5, 6, 7, 8]);
  });

  it('takes relative ranges from its own clock', async (t) => {
    const { history } = await historyOf(t, LINES, { now: () => START_MS + 10 * MINUTE });
    const { values } = await history.series({ ...ofBoardA, start: '-3m', stop: undefined });
    assert.deepEqual(values, [7, 8, 9]);
  });

  it('keeps the newest when limited, still in order of time', async (t) => {
    const { history } = await historyOf(t, LINES);
    assert.deepEqual((await history.series({ ...ofBoardA, limit: 3 })).values, [7, 8, 9]);
    assert.deepEqual((await history.series({ ...ofBoardA, limit: 30 })).values.length, 9);
    const windows = await history.series({ ...ofBoardA, every: '2m', limit: 2 });
    assert.deepEqual(windows.values, [6.5, 8.5]);
  });

  it('is aggregated by windows of time', async (t) => {
    const { history } = await historyOf(t, LINES);
    const of = async (more: Partial<HistoryQuery>) =>
      (await history.series({ ...ofBoardA, every: '5m', ...more })).values;
    assert.deepEqual(await of({}), [1.5, 7]);
    assert.deepEqual(await of({ aggregate: 'max' }), [3, 9]);
    assert.deepEqual(await of({ aggregate: 'count' }), [4, 5]);
    assert.deepEqual(await of({ aggregate: 'last', every: 10 * MINUTE }), [9]);
  });

  it('has in an empty window what fill says', async (t) => {
    const { history } = await historyOf(t, LINES);
    const of = async (more: Partial<HistoryQuery>) =>
      (
        await history.series({
          ...ofBoardA,
          every: '1m',
          start: START_MS + 3 * MINUTE,
          stop: START_MS + 6 * MINUTE,
          ...more,
        })
      ).values;
    assert.deepEqual(await of({}), [3, 5]);
    assert.deepEqual(await of({ fill: 'null' }), [3, null, 5]);
    assert.deepEqual(await of({ fill: 'previous' }), [3, 3, 5]);
    assert.deepEqual(await of({ fill: 'linear' }), [3, 4, 5]);
    assert.deepEqual(await of({ fill: -1.5 }), [3, -1.5, 5]);
  });

  it('joins several values of a tag, and all series without one', async (t) => {
    const { history } = await historyOf(t, LINES);
    const both = await history.series({ ...ofBoardA, tags: { Source: ['a', 'b'] }, stop: START_MS + MINUTE });
    assert.deepEqual([...both.values].sort(), [0, 100]);
    const all = await history.series({ ...ofBoardA, tags: {} });
    assert.equal(all.values.length, 19);
  });

  it('counts a boolean as 1 or 0 and refuses text', async (t) => {
    const { history } = await historyOf(t, LINES);
    assert.deepEqual((await history.series({ ...ofBoardA, field: 'on' })).values.slice(0, 4), [1, 0, 1, 0]);
    await assert.rejects(
      history.series({ ...ofBoardA, field: 'note' }),
      failsWith('INFLUX_FIELD_NOT_NUMERIC', /"note"/),
    );
  });

  it('is empty, not an error, where there is nothing', async (t) => {
    const { history } = await historyOf(t, LINES);
    for (const change of [
      { measurement: 'nothing' },
      { field: 'nothing' },
      { tags: { Source: 'c' } },
      { start: START_MS - 2, stop: START_MS - 1 },
    ]) {
      assert.deepEqual((await history.series({ ...ofBoardA, ...change })).times, []);
    }
  });
});

describe('history as rows', () => {
  it('has each field by its name, and the time', async (t) => {
    const { history } = await historyOf(t, LINES);
    const query = { ...ofBoardA, field: ['temp', 'note'], start: START_MS + 3 * MINUTE, stop: START_MS + 6 * MINUTE };
    assert.deepEqual((await allOf(history.rowBatches(query))).flat(), [
      { time: START_MS + 3 * MINUTE, temp: 3, note: 'n3' },
      { time: START_MS + 5 * MINUTE, temp: 5, note: 'n5' },
    ]);
  });

  it('keeps the names of aggregated fields', async (t) => {
    const { history } = await historyOf(t, LINES);
    const query = { ...ofBoardA, field: ['temp', 'on'], every: '5m', aggregate: 'count' as const };
    assert.deepEqual((await allOf(history.rowBatches(query))).flat(), [
      { time: START_MS, temp: 4, on: 4 },
      { time: START_MS + 5 * MINUTE, temp: 5, on: 5 },
    ]);
  });
});

describe('a large history', () => {
  const COUNT = 60_000;
  const lines = Array.from({ length: COUNT }, (_, index) => `m f=${index} ${START_MS + index}`).join('\n');
  const whole: HistoryQuery = { measurement: 'm', field: 'f', start: START_MS, stop: START_MS + COUNT };

  it('comes in batches as small as told, complete and in order', async (t) => {
    const { history } = await historyOf(t, lines, { chunkRows: 1_000, maxPoints: Infinity });
    const batches = await allOf(history.seriesBatches(whole));
    assert.ok(batches.length >= 60 && batches.every(({ times }) => times.length <= 1_000));
    const values = batches.flatMap((batch) => batch.values);
    assert.ok(values.length === COUNT && values.every((value, index) => value === index));
    const rows = await allOf(history.rowBatches({ ...whole, limit: 2_500 }));
    assert.deepEqual(
      rows.map(({ length }) => length),
      [1_000, 1_000, 500],
    );
    assert.equal(rows[0]?.[0]?.f, COUNT - 2_500);
  });

  it('fails rather than fill the memory', async (t) => {
    const { history } = await historyOf(t, lines, { maxPoints: 10_000 });
    await assert.rejects(history.series(whole), failsWith('INFLUX_RESULT_TOO_LARGE', /more than 10000 points/));
    assert.equal((await history.series({ ...whole, stop: START_MS + 10_000 })).times.length, 10_000);
  });

  it('may be left before its end, and leaves the reader usable', async (t) => {
    const { history } = await historyOf(t, lines, { chunkRows: 100 });
    for await (const { times } of history.seriesBatches(whole)) {
      assert.equal(times.length, 100);
      break;
    }
    assert.equal((await history.series({ ...whole, limit: 5 })).times.length, 5);
  });

  it('may be aborted', async (t) => {
    const { history } = await historyOf(t, lines, { chunkRows: 100 });
    const abort = new AbortController();
    const reason = new Error('enough');
    await assert.rejects(
      async () => {
        for await (const part of history.seriesBatches(whole, abort.signal))
          if (part.times.length > 0) abort.abort(reason);
      },
      (error) => error === reason,
    );
  });
});

describe("a query of one's own in InfluxQL", () => {
  it('gets its values as parameters, whatever they hold', async (t) => {
    const { history } = await historyOf(t, `m,board=it's\\ "a"\\ \\b f=1 1\nm,board=other f=2 2`);
    const text = 'SELECT f FROM m WHERE board = $board AND f < $most';
    const rows = await allOf(history.queryBatches(text, { board: `it's "a" \\b`, most: 1.5 }));
    assert.deepEqual(rows.flat(), [{ time: 1, f: 1 }]);
  });

  it('gives columns and the tags it is grouped by', async (t) => {
    const { history } = await historyOf(t, LINES);
    const rows = await allOf(history.queryBatches('SELECT count(temp) FROM room GROUP BY "Source"'));
    assert.deepEqual(rows.flat(), [
      { time: 0, Source: 'a', count: 9 },
      { time: 0, Source: 'b', count: 10 },
    ]);
  });

  it('fails with the words of the server', async (t) => {
    const { history } = await historyOf(t, LINES);
    await assert.rejects(allOf(history.queryBatches('SELEC 1')), failsWith('INFLUX_QUERY_FAILED', /found SELEC/));
    await assert.rejects(
      allOf(history.queryBatches('SELECT nothing(f) FROM m')),
      failsWith('INFLUX_QUERY_FAILED', /undefined function/),
    );
  });
});

describe('names and values in a history query', () => {
  const nasty = [
    "it's",
    'say "hi"',
    'a\\b',
    '"; DROP MEASUREMENT victim; --',
    "' OR 'x' = 'x",
    "\\' OR 1 = 1",
    'ba\\\\ck',
    'é€😀',
    'a b,c=d',
    '$p',
    '/x/',
  ];

  it('cannot change the query, and are found as they are', async (t) => {
    const { database, history } = await historyOf(t, 'victim f=1 1');
    // Written by the words of the specification, not by the encoder under test elsewhere.
    const escape = (name: string): string => name.replace(/[,= ]/g, '\\$&');
    for (const [index, name] of nasty.entries()) {
      const measurement = name.replace(/[, ]/g, '\\$&');
      const { status } = await database.write(
        `${measurement},${escape(name)}k=${escape(name)}v ${escape(name)}f=${index} ${1_000 + index}\n${measurement} ${escape(name)}f=99 ${2_000 + index}`,
      );
      assert.equal(status, 204, name);
    }
    for (const [index, name] of nasty.entries()) {
      const query: HistoryQuery = {
        measurement: name,
        field: `${name}f`,
        tags: { [`${name}k`]: `${name}v` },
        start: 0,
        stop: 10_000,
      };
      assert.deepEqual(
        await history.series(query),
        { name: `${name}f`, times: [1_000 + index], values: [index] },
        name,
      );
      const aggregated = await history.series({ ...query, every: '10s', aggregate: 'max' });
      assert.deepEqual(aggregated.values, [index], name);
      assert.deepEqual((await history.series({ ...query, tags: { [`${name}k`]: `${name}w` } })).values, [], name);
    }
    assert.deepEqual(await database.query('SELECT f FROM victim'), [{ time: 1, f: 1 }]);
  });

  it('may not hold what a query cannot carry', async (t) => {
    const { history } = await historyOf(t, '');
    await assert.rejects(history.series({ ...ofBoardA, measurement: 'a\0b' }), failsWith('INFLUX_NAME_INVALID', /NUL/));
  });

  const wrong: [string, Partial<Record<keyof HistoryQuery, unknown>>, string, RegExp][] = [
    [
      'an aggregate that is none',
      { every: '1m', aggregate: 'mean(x), drop' },
      'INFLUX_HISTORY_OPTIONS',
      /is none of mean/,
    ],
    ['an aggregate without a window', { aggregate: 'mean' }, 'INFLUX_HISTORY_OPTIONS', /needs a window/],
    ['a fill that is none', { every: '1m', fill: 'null) --' }, 'INFLUX_HISTORY_OPTIONS', /fill is/],
    ['a window that is none', { every: '1 month' }, 'INFLUX_DURATION_INVALID', /1 month/],
    [
      'an empty range',
      { start: '2023-11-14T22:13:20Z', stop: '2023-11-14T22:13:20Z' },
      'INFLUX_HISTORY_OPTIONS',
      /2023-11-14T22:13:20/,
    ],
    ['a time that is none', { start: 'yesterday' }, 'INFLUX_TIME_INVALID', /yesterday/],
    ['no measurement', { measurement: '' }, 'INFLUX_HISTORY_OPTIONS', /measurement/],
    ['no field', { field: [] }, 'INFLUX_HISTORY_OPTIONS', /field/],
    ['a limit that is none', { limit: -1 }, 'INFLUX_HISTORY_OPTIONS', /limit/],
    ['an empty list of tag values', { tags: { Source: [] } }, 'INFLUX_HISTORY_OPTIONS', /"Source"/],
  ];
  for (const [what, change, code, words] of wrong) {
    it(`refuses ${what}`, async () => {
      const history = new InfluxHistory({ url: 'http://127.0.0.1:1', version: '1', database: 'd' });
      await assert.rejects(history.series({ ...ofBoardA, ...change } as HistoryQuery), failsWith(code, words));
    });
  }
});

describe('deletion', () => {
  it('takes away the points of the range and the tags, the end not included, and no others', async (t) => {
    const { database, history } = await historyOf(t, `${LINES}\nother f=1 ${START_MS}`);
    await history.deleteRange({
      measurement: 'room',
      tags: { Source: 'a' },
      startMs: START_MS + MINUTE,
      stopMs: START_MS + 7 * MINUTE,
    });
    assert.deepEqual((await history.series(ofBoardA)).values, [0, 7, 8, 9]);
    assert.equal((await history.series({ ...ofBoardA, tags: { Source: 'b' } })).values.length, 10);
    assert.equal((await database.query('SELECT f FROM other')).length, 1);
  });

  it('is content when there is nothing to delete', async (t) => {
    const { history } = await historyOf(t, LINES);
    await history.deleteRange({ measurement: 'nothing', startMs: 0, stopMs: 10 });
    assert.equal((await history.series(ofBoardA)).values.length, 9);
  });

  it('refuses an empty range and a missing measurement', async (t) => {
    const { history } = await historyOf(t, '');
    const failed = failsWith('INFLUX_HISTORY_OPTIONS');
    await assert.rejects(history.deleteRange({ measurement: 'm', startMs: 5, stopMs: 5 }), failed);
    await assert.rejects(history.deleteRange({ measurement: '', startMs: 0, stopMs: 5 }), failed);
    await assert.rejects(history.deleteRange({ measurement: 'm', startMs: NaN, stopMs: 5 }), failed);
  });
});

describe('reading from a server', () => {
  it('fails with the reason, and says that it may pass', async () => {
    const history = new InfluxHistory({ url: `http://127.0.0.1:${await freePort()}`, version: '1', database: 'd' });
    await assert.rejects(
      history.series(ofBoardA),
      (error) => error instanceof TwinError && error.code === 'INFLUX_UNREACHABLE' && error.retryable,
    );
  });

  it('finds out the version of the server when told', async (t) => {
    const { database } = await historyOf(t, LINES);
    const history = new InfluxHistory({ ...database.connection, version: 'auto' });
    assert.equal((await history.series(ofBoardA)).values.length, 9);
    history.close();
  });

  it('fails for a database that does not exist', async (t) => {
    const { database } = await historyOf(t, '');
    const history = new InfluxHistory({ ...database.connection, database: 'nowhere' });
    await assert.rejects(history.series(ofBoardA), failsWith('INFLUX_DESTINATION_MISSING', /nowhere/));
    history.close();
  });
});
