// Shows push messages, and leads to what they are about.
self.addEventListener('push', (event) => {
  const { title = 'GigSta', body = '', url = '/', tag } = event.data?.json() ?? {}
  event.waitUntil(self.registration.showNotification(title, { body, icon: '/mark.svg', tag, data: { url } }))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const { url } = event.notification.data
  event.waitUntil(
    self.clients.matchAll({ type: 'window' }).then((open) => {
      const page = open.find((client) => client.url === url)
      return page ? page.focus() : self.clients.openWindow(url)
    }),
  )
})
