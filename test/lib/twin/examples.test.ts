import { testDocExamples } from '../../support/doc-examples';

testDocExamples('twin');
