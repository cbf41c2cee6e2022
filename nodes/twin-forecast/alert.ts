import { CrossingAlarm } from '../../lib/series/crossing-alarm';
import type { SeriesForecast } from '../../lib/series/forecast-series';
import { thresholdCrossing } from '../../lib/series/threshold-crossing';
import type { OptionsOf } from '../common/definition';
import type { definition } from './options';

/** `msg.payload` of an alert. */
export interface Alert {
  readonly state: 'raised' | 'cleared';
  readonly threshold: number;
  readonly side: 'above' | 'below';
  /** In per cent: the largest one at any step. */
  readonly probability: number;
  /**
   * Epoch ms of the first step with the probability asked for, and of the first one whose forecast is beyond the limit.
   */
  readonly time: number | null;
  readonly expected: number | null;
  readonly source?: string;
}

/** Most sources whose alarms are remembered. */
const MOST_SOURCES = 1000;

/** The alarms of a node, one for each source. */
export class Alerts {
  private readonly alarms = new Map<string, CrossingAlarm>();

  constructor(private readonly options: OptionsOf<typeof definition>) {}

  /** What a new forecast changes; undefined when nothing does, or when no alerts are asked for. */
  of({ times, values, intervals, model }: SeriesForecast, source = ''): Alert | undefined {
    const { alertOutput, threshold, side } = this.options;
    const bounds = intervals[0];
    if (!alertOutput || !bounds) return undefined;
    const probability = this.options.probability / 100;
    const crossing = thresholdCrossing({ times, values, bounds }, model.levels[0]!, { threshold, side, probability });
    const state = this.alarmOf(source).take(crossing);
    if (!state) return undefined;
    return {
      state,
      threshold,
      side,
      probability: Math.round(crossing.probability * 1000) / 10,
      time: crossing.time ?? null,
      expected: crossing.expected ?? null,
      ...(source === '' ? {} : { source }),
    };
  }

  /** Sources whose alarm is raised. */
  raised(): string[] {
    return [...this.alarms].flatMap(([source, alarm]) => (alarm.isRaised ? [source] : []));
  }

  /** Goes on with alarms that were raised before a restart. */
  restore(raised: readonly string[]): void {
    const { probability, hysteresis } = this.options;
    for (const source of raised.slice(0, MOST_SOURCES))
      this.alarms.set(source, new CrossingAlarm(probability / 100, hysteresis / 100, true));
  }

  private alarmOf(source: string): CrossingAlarm {
    const { probability, hysteresis } = this.options;
    const alarm = this.alarms.get(source) ?? new CrossingAlarm(probability / 100, hysteresis / 100);
    this.alarms.delete(source);
    if (this.alarms.size >= MOST_SOURCES) this.alarms.delete(this.alarms.keys().next().value!);
    this.alarms.set(source, alarm);
    return alarm;
  }
}
