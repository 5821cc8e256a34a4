// Shows the API's description. What is tried out goes through the session that the browser has;
// whoever is not signed in reads, and is refused.
const session = fetch('/api/v1/session').then((answer) => (answer.ok ? answer.json() : {}))

SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  requestInterceptor: async (request) => {
    if (request.method && request.method !== 'GET') {
      request.headers['X-CSRF-Token'] = (await session).csrf_token ?? ''
    }
    return request
  },
})
