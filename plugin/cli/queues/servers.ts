/** A server with its own default for listen(2). */
export interface KnownServer {
  /** Its name for people. */
  readonly name: string
  /** The defaults of its versions. */
  readonly defaults: readonly number[]
  /** The setting that changes it; `N` stands for the number. */
  readonly directive: string
}

/** By the name of the process or of its executable. */
const SERVERS: readonly (readonly [names: RegExp, server: KnownServer])[] = [
  [/^nginx$/, { name: 'nginx', defaults: [511], directive: 'backlog=N at "listen"' }],
  [/^(redis|valkey)-server$/, { name: 'Redis', defaults: [511], directive: '"tcp-backlog N"' }],
  [/^(apache2|httpd)$/, { name: 'Apache', defaults: [511], directive: '"ListenBacklog N"' }],
  [/^(node|nodejs)$/, { name: 'Node.js', defaults: [511], directive: 'backlog: N at server.listen()' }],
  [/^php-fpm/, { name: 'PHP-FPM', defaults: [511], directive: '"listen.backlog = N"' }],
  [/^memcached$/, { name: 'memcached', defaults: [1024], directive: 'the option -b N' }],
  [/^lighttpd$/, { name: 'lighttpd', defaults: [1024], directive: '"server.listen-backlog = N"' }],
  [/^varnishd$/, { name: 'Varnish', defaults: [1024], directive: '-p listen_depth=N' }],
  [/^envoy$/, { name: 'Envoy', defaults: [128], directive: '"tcp_backlog_size": N of the listener' }],
  [/^haproxy$/, { name: 'HAProxy', defaults: [], directive: '"backlog N", otherwise "maxconn N"' }],
  [/^uwsgi/, { name: 'uWSGI', defaults: [100], directive: '"listen = N"' }],
  [/^gunicorn/, { name: 'Gunicorn', defaults: [2048], directive: '--backlog N' }],
  [/^uvicorn$/, { name: 'Uvicorn', defaults: [2048], directive: '--backlog N' }],
  [/^postgres$/, { name: 'PostgreSQL', defaults: [200], directive: '"max_connections", of which it is twice as many' }],
  [/^(mysqld|mariadbd)$/, { name: 'MySQL', defaults: [80, 151], directive: '"back_log = N"' }],
  [/^beam\.smp$/, { name: 'RabbitMQ', defaults: [128], directive: '"tcp_listen_options.backlog = N"' }],
  [/^pgbouncer$/, { name: 'PgBouncer', defaults: [128], directive: '"listen_backlog = N"' }],
  [/^java$/, { name: 'Java', defaults: [50, 100], directive: 'its backlog; in Tomcat, acceptCount="N"' }],
  [/^puma|^ruby/, { name: 'Puma', defaults: [1024], directive: '?backlog=N at "bind"' }],
  [/^python/, { name: 'Python', defaults: [5, 100, 128, 2048], directive: 'backlog=N of its framework' }],
]

/** The well-known server with one of these names. */
export function findServer(names: readonly string[]): KnownServer | undefined {
  return SERVERS.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1]
}
