import { testDocExamples } from '../../support/doc-examples';

testDocExamples('series');
