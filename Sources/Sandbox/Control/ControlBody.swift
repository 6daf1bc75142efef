internal import DivarAPI
internal import StrictJSON

/// The JSON body of a control call. Everything that is wrong with it is said at once.
struct ControlBody {
    private let bytes: [UInt8]

    init(_ request: SandboxRequest) {
        bytes = request.body
    }

    func value<Value: ScriptReadable>(_: Value.Type) throws(RPCStatus) -> Value {
        var problems: [String] = []
        let value = Value(reading: try json(), at: "", problems: &problems)
        try require(problems)
        guard let value else { throw RPCStatus(.invalidArgument, "the body is not valid") }
        return value
    }

    func contract() throws(RPCStatus) -> Contract {
        var members = MemberReading(try json(), at: "", allowed: ["contract"])
        let contract = members.contract("contract")
        members.require("contract")
        try finish(members)
        guard let contract else { throw RPCStatus(.invalidArgument, "the body is not valid") }
        return contract
    }

    func media() throws(RPCStatus) -> (returns: Bool?, accepts: Bool?) {
        var members = MemberReading(try json(), at: "", allowed: ["return_media", "accept_any_media"])
        let returns = members.boolean("return_media")
        let accepts = members.boolean("accept_any_media")
        try finish(members)
        return (returns, accepts)
    }

    func refusalMilliseconds() throws(RPCStatus) -> Int {
        var members = MemberReading(try json(), at: "", allowed: ["duration_ms"])
        let milliseconds = members.integer("duration_ms", in: 1...SandboxLimits.refusalMilliseconds)
        members.require("duration_ms")
        try finish(members)
        guard let milliseconds else { throw RPCStatus(.invalidArgument, "the body is not valid") }
        return milliseconds
    }

    /// Nothing, or an empty object.
    func requireEmpty() throws(RPCStatus) {
        guard !bytes.isEmpty else { return }
        try finish(MemberReading(try json(), at: "", allowed: []))
    }

    private func json() throws(RPCStatus) -> JSONValue {
        do {
            return try JSONParser.parse(bytes)
        } catch {
            throw RPCStatus(.invalidArgument, "the body is not JSON: \(error)")
        }
    }

    private func finish(_ members: MemberReading) throws(RPCStatus) {
        var problems: [String] = []
        _ = members.finish(into: &problems)
        try require(problems)
    }

    private func require(_ problems: [String]) throws(RPCStatus) {
        guard problems.isEmpty else { throw RPCStatus(.invalidArgument, problems.joined(separator: "; ")) }
    }
}
