import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { messageSource } from '../../../lib/bridge/message-source';

const of = (json: string): string | null => messageSource(Buffer.from(json));

describe('messageSource', () => {
  it('finds the Source as text, escapes resolved, wherever it stands', () => {
    assert.equal(of('{"a": 1, "Source": "board \\u00e9\\"1", "b": {"Source": "inner"}}'), 'board é"1');
    assert.equal(of('{"Source": 7}'), '7');
  });

  it('takes the last of doubled keys, as JSON.parse does', () => {
    assert.equal(of('{"Source": "a", "Source": "b"}'), 'b');
  });

  it('gives null where there is none that could be a key', () => {
    for (const json of ['{}', '{"source": "a"}', '{"Source": null}', '{"Source": ["a"]}', '{"b": {"Source": "a"}}']) {
      assert.equal(of(json), null, json);
    }
  });
});
