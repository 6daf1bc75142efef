import HTTPWire
import Testing

/// How a gateway knows its own requests.
@Suite struct ViaPseudonymTests {
    private let own = ViaPseudonym(number: 0x1F)

    @Test func `the field has the version and a name of its own`() {
        #expect(own.field == "1.1 divar-gateway-000000000000001f")
        #expect(ViaPseudonym(number: .max).field == "1.1 divar-gateway-ffffffffffffffff")
    }

    @Test(arguments: [
        "1.1 divar-gateway-000000000000001f", "1.0 fred, 1.1 divar-gateway-000000000000001f (a gateway)",
        "HTTP/1.1 DIVAR-GATEWAY-000000000000001F,1.1 p.example", "1.1 a,\t1.1\tdivar-gateway-000000000000001f\t",
    ])
    func `it is found wherever it stands`(_ field: String) {
        #expect(own.isIn(field))
    }

    @Test(arguments: [
        "", "1.1 fred", "1.1 divar-gateway-0000000000000020", "1.1 divar-gateway-000000000000001f0",
        "1.1 xdivar-gateway-000000000000001f", "1.1 divar-gateway",
    ])
    func `others are not taken for it`(_ field: String) {
        #expect(!own.isIn(field))
    }
}
