/** A Java that runs for seconds: no compiler for what runs for hours, no collector that wants threads of its own. */
export const SHORT_LIVED_JVM: readonly string[] = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
