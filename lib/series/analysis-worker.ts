import { parentPort } from 'node:worker_threads';
import { messageOf, TwinError } from '../reading/twin-error';
import { runAnalysis, type AnalysisJob } from './analysis-job';
import { transferableBuffers } from './transferable-buffers';

/** What the thread answers to a job. */
export type WorkerAnswer =
  | { readonly value: unknown }
  | { readonly error: { readonly code: string; readonly message: string; readonly facts: TwinError['facts'] } };

parentPort?.on('message', (job: AnalysisJob) => {
  const answer = answerTo(job);
  parentPort?.postMessage(answer, transferableBuffers(answer));
});

function answerTo(job: AnalysisJob): WorkerAnswer {
  try {
    return { value: runAnalysis(job) };
  } catch (thrown) {
    if (thrown instanceof TwinError)
      return { error: { code: thrown.code, message: thrown.message, facts: thrown.facts } };
    return { error: { code: 'SERIES_FAILED', message: `The analysis failed: ${messageOf(thrown)}`, facts: {} } };
  }
}
