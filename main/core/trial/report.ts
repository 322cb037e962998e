/** A trial as a file to hand on: a page for people, JUnit's XML for machines. */
import type { ReportFormat, TrialReport } from '../../contract/trial';
import { htmlReport } from './html';
import { junitReport } from './junit';
import type { TrialRecord } from './record';

/** What a report says about the cloud besides what came of the trial. */
export interface ReportSubject {
  readonly name: string;
  readonly recipe: string;
  readonly image: string;
}

export function reportOf(trial: TrialRecord, cloud: ReportSubject, format: ReportFormat): TrialReport {
  switch (format) {
    case 'html':
      return { name: `${cloud.name}.trial.html`, type: 'text/html', text: htmlReport(trial, cloud) };
    case 'junit':
      return { name: `${cloud.name}.trial.xml`, type: 'application/xml', text: junitReport(trial, cloud) };
  }
}
