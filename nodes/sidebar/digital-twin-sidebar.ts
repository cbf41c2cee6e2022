import type { NodeAPI } from '@node-red/registry';
import { MeterRegistry } from '../common/metrics/meter-registry';
import { PROMETHEUS_TYPE, prometheusText } from '../common/metrics/prometheus-text';

/**
 * What the nodes say of themselves, for the sidebar and for monitoring:
 *
 *     GET /digital-twin/metrics             every node: status, counters, gauges, last error
 *     GET /digital-twin/metrics/prometheus  the same as Prometheus text
 *     GET /digital-twin/health              200 when every node is well, else 503, with the nodes that are not
 *
 * Who may read flows may read these: they name nodes and errors.
 */
export default function (RED: NodeAPI): void {
  const meters = MeterRegistry.of(RED);
  const readers = RED.auth.needsPermission('digital-twin.read');
  RED.httpAdmin.get('/digital-twin/metrics', readers, (_request, response) => {
    response.json({ nodes: meters.reports() });
  });
  RED.httpAdmin.get('/digital-twin/metrics/prometheus', readers, (_request, response) => {
    response.type(PROMETHEUS_TYPE).send(prometheusText(meters.reports()));
  });
  RED.httpAdmin.get('/digital-twin/health', readers, (_request, response) => {
    const reports = meters.reports();
    const unwell = reports.filter(({ healthy }) => !healthy);
    const nodes = unwell.map(({ id, type, name, reason }) => ({ id, type, name, reason }));
    response.status(unwell.length === 0 ? 200 : 503).json({ healthy: unwell.length === 0, of: reports.length, nodes });
  });
}
