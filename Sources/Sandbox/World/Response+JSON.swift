internal import HTTPWire
internal import StrictJSON

extension Response {
    /// An answer in JSON, with the media type that says so.
    init(status: Int = 200, json value: JSONValue) {
        self.init(status: status, contentType: "application/json", body: JSONWriter.bytes(value))
    }
}
