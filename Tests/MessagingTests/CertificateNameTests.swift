import Messaging
import Testing

@Suite struct CertificateNameTests {
    @Test(arguments: [
        ("CN=billing,O=Acme", "cn = billing , o=Acme"), ("CN=a\\,b", "CN=a\\2Cb"), ("CN=\\ a\\ ", "CN=\\20a\\20"),
        ("CN=دیوار", "CN=\\D8\\AF\\DB\\8C\\D9\\88\\D8\\A7\\D8\\B1"), ("CN=a+OU=b,O=c", "OU=b + CN=a, O=c"),
        ("CN=#140161", "CN= #140161 "), ("CN=#14016A", "CN=#14016a"),
        ("dns:Billing.Internal", "dns:billing.internal"), ("CN=a=b", "CN=a\\=b"),
    ])
    func `names that mean the same are the same`(left: String, right: String) throws {
        #expect(try #require(CertificateName(left)) == #require(CertificateName(right)))
    }

    @Test(arguments: [
        ("CN=billing,O=Acme", "O=Acme,CN=billing"), ("CN=billing\\,O=Acme", "CN=billing,O=Acme"),
        ("CN=Billing", "CN=billing"),
        ("CN=#140161", "CN=\\#140161"), ("CN=#140161", "CN=#130161"),
        ("CN=a,CN=b", "CN=a+CN=b"), ("uri:spiffe://a/B", "uri:spiffe://a/b"), ("dns:a", "uri:a"), ("CN=a", "CN=a,O=b"),
    ])
    func `names that differ are different`(left: String, right: String) throws {
        #expect(try #require(CertificateName(left)) != #require(CertificateName(right)))
    }

    @Test(arguments: [
        "", "billing", "CN=", "CN=  ", "=x", "CN=a,", ",CN=a", "CN=a\\", "CN=a\\x", "CN=a+CN=a", "dns:",
        "dns:*.acme.ir", "dns:.a",
        "uri:", "uri:a b", "C N!=a", "CN=#", "CN=#1", "CN=#1g", "CN=#14 x",
    ])
    func `anything else is no name`(text: String) {
        #expect(CertificateName(text) == nil)
    }
}
