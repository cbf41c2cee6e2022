/** Something a user should know about a result that is there all the same. `code` is stable. */
export interface SeriesWarning {
  readonly code:
    | 'SERIES_CONSTANT'
    | 'SERIES_UNJUDGED'
    | 'SERIES_UNJUDGED_STEPS'
    | 'SERIES_SHUFFLED'
    | 'SERIES_LEVEL_CHANGE'
    | 'SERIES_SPIKES'
    | 'SERIES_LONG_SEASON'
    | 'SERIES_GAPS_FILLED'
    | 'SERIES_DUPLICATES'
    | 'SERIES_DISORDER';
  readonly message: string;
}
