import { ByteWriter } from './byte-writer';

/** What stands before the body of a request. */
export interface RequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string;
}

const HEADER_BYTES = 64;

/**
 * Begins a request with its header, version 1 (big-endian): size int32 (of all that follows), API key int16, API version
 * int16, correlation id int32, client id string. The body comes next, then `endFrame`.
 *
 * @param bodyBytes about what the body takes
 */
export function beginFrame({ apiKey, apiVersion, correlationId, clientId }: RequestHeader, bodyBytes = 0): ByteWriter {
  const writer = new ByteWriter(HEADER_BYTES + clientId.length + bodyBytes);
  return writer.int32(0).int16(apiKey).int16(apiVersion).int32(correlationId).string(clientId);
}

/** The request as it goes out. */
export function endFrame(writer: ByteWriter): Buffer {
  writer.setLength(0);
  return writer.written;
}
