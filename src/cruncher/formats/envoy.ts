import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** Envoy's default access log; behind the flags, Istio adds why, of the response and of the connection. */
export const envoy = patternFormat({
  name: 'envoy',
  title: 'Envoy and Istio access log',
  sureness: SURE,
  starts: '[',
  pattern:
    /^\[(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)\] "(?<request>[^"]*)" (?<status>\d+) (?<response_flags>[A-Za-z,-]+)(?: (?<response_details>\S+) (?<termination_details>\S+) "(?<transport_failure>[^"]*)")? (?<bytes_received>\d+) (?<bytes>\d+) (?<duration_ms>\d+|-) (?<upstream_ms>\d+|-) "(?<forwarded_for>[^"]*)" "(?<user_agent>[^"]*)" "(?<request_id>[^"]*)" "(?<http_host>[^"]*)" "(?<upstream>[^"]*)"(?: (?<upstream_cluster>\S+) (?<upstream_local>\S+) (?<downstream_local>\S+) (?<client_ip>\S+):(?<client_port>\d+) (?<server_name>\S+) (?<route_name>\S+))?$/,
  numbers: 'bytes_received upstream_ms client_port',
  samples: [
    {
      line: '[2024-03-07T09:15:02.310Z] "POST /v1/orders HTTP/2" 204 - 154 0 226 100 "203.0.113.9" "shop/2.1" "0f9d3c52-7a1e-4a55-9a8e-2f6f9c6f3b10" "orders" "10.0.2.1:80"',
      expected: {
        time: '2024-03-07T09:15:02.31Z',
        offset: 0,
        method: 'POST',
        path: '/v1/orders',
        protocol: 'HTTP/2',
        status: 204,
        bytes: 0,
        bytes_received: 154,
        duration_ms: 226,
        upstream_ms: 100,
        forwarded_for: '203.0.113.9',
        user_agent: 'shop/2.1',
        request_id: '0f9d3c52-7a1e-4a55-9a8e-2f6f9c6f3b10',
        http_host: 'orders',
        upstream: '10.0.2.1:80',
      },
    },
    {
      line: '[2024-03-07T09:15:03.001Z] "GET /healthz HTTP/1.1" 503 UF upstream_reset_before_response_started{connection_failure} - "delayed_connect_error:_111" 0 91 3 - "-" "kube-probe/1.29" "b1" "orders.shop" "10.1.4.9:8080" outbound|8080||orders.shop.svc.cluster.local 10.1.4.2:33012 10.96.7.7:8080 10.1.4.2:41200 - default',
      expected: {
        time: '2024-03-07T09:15:03.001Z',
        offset: 0,
        method: 'GET',
        path: '/healthz',
        http_host: 'orders.shop',
        status: 503,
        response_flags: 'UF',
        bytes: 91,
        duration_ms: 3,
        user_agent: 'kube-probe/1.29',
        request_id: 'b1',
        client_ip: '10.1.4.2',
        client_port: 41200,
        upstream_cluster: 'outbound|8080||orders.shop.svc.cluster.local',
      },
    },
  ],
})
