/** One stage of the pipeline as its server shows it. */
export interface Stage {
  readonly name: string;
  /** Different readings seen since `begin`. */
  readonly seen: number;
  /** Readings that were there more than once since `begin`. */
  readonly duplicates: number;
  /** Records that the server has by its own account and that were not looked at yet, as of the last `refresh`. */
  readonly pending: number;
  /** Starts to count anew. */
  begin(): void;
  /** Asks the server, where it has to be asked. Rejects when it does not answer. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}
