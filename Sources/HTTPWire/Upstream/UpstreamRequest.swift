/// A request as it will be written, credentials included: exists only on its way down, and prints nothing.
package struct UpstreamRequest: Sendable, CustomStringConvertible, CustomReflectable {
    package var method: HTTPMethod
    package var path: String
    package var fields: [(name: String, value: String)]
    package var body: [UInt8]?

    package init(method: HTTPMethod, path: String, fields: [(name: String, value: String)], body: [UInt8]?) {
        self.method = method
        self.path = path
        self.fields = fields
        self.body = body
    }

    package var description: String { "[request]" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
