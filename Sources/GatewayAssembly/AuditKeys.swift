private import Crypto
private import Custody
private import FoundationEssentials
package import Journal
private import Messaging

/// The keys of the audit trail, in files: the one that signs checkpoints, and those under which contents are kept.
package enum AuditKeys {
    /// Fetches the master keys, or says of each that is missing why.
    package static func masterKeys(
        of configuration: Configuration,
        environment: [String: String]
    ) throws(ConfigurationError) -> [MasterKey] {
        let key = "audit.master_keys"
        var keys: [MasterKey] = []
        var problems: [ConfigurationProblem] = []
        for source in configuration.trail.masterKeys {
            do {
                let secret = try source.resolve(environment: environment)
                let bytes = secret.withExposedText(Hexadecimal.bytes)
                if let master = bytes.flatMap(MasterKey.init) {
                    keys.append(master)
                } else {
                    problems.append(
                        ConfigurationProblem(
                            line: configuration.lines[key], key: key,
                            message: "\(source) does not hold 64 hexadecimal digits, as openssl rand -hex 32 makes them"
                        )
                    )
                }
            } catch {
                problems.append(
                    ConfigurationProblem(line: configuration.lines[key], key: key, message: error.description)
                )
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        return keys
    }

    /// Seals as the configuration says.
    package static func sealer(
        of configuration: Configuration,
        environment: [String: String]
    ) throws(ConfigurationError) -> ContentSealer {
        ContentSealer(
            masterKeys: try masterKeys(of: configuration, environment: environment),
            keepsContent: configuration.trail.content == .encrypted
        )
    }

    /// The key that signs a log's checkpoints; made where there is none. Its public half is written beside the journal.
    package static func signer(
        of log: LogID,
        keyPath: String,
        verifierKeyPath: String
    ) throws(ProcessError) -> CheckpointSigner {
        let signer = CheckpointSigner(log: log, key: try signingKey(at: keyPath))
        let text = signer.verifierKey.description
        if let found = try? String(contentsOfFile: verifierKeyPath, encoding: .utf8),
            let key = VerifierKey(found.split(separator: "\n").first.map(String.init) ?? "")
        {
            guard key.name != signer.verifierKey.name || key == signer.verifierKey else {
                throw ProcessError("\(keyPath) is not the key that signed this journal: \(verifierKeyPath) has another")
            }
            if key == signer.verifierKey { return signer }
        }
        guard (try? Data((text + "\n").utf8).write(to: URL(filePath: verifierKeyPath))) != nil else {
            throw ProcessError("\(verifierKeyPath) can not be written")
        }
        return signer
    }

    private static func signingKey(at path: String) throws(ProcessError) -> Curve25519.Signing.PrivateKey {
        let manager = FileManager.default
        if !manager.fileExists(atPath: path) {
            let seed = Curve25519.Signing.PrivateKey().rawRepresentation.base64EncodedString()
            do throws(ProcessError) {
                try AtomicFile(path: path, draft: "\(path).\(UInt64.random(in: .min ... .max))")
                    .make(with: Array((seed + "\n").utf8))
            } catch {
                throw ProcessError("the signing key can not be made: \(error)")
            }
        }
        guard let data = manager.contents(atPath: path), data.count <= 1024,
            let seed = Data(base64Encoded: String(decoding: data, as: UTF8.self).filter { !$0.isWhitespace }),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        else { throw ProcessError("\(path) does not hold a signing key: 32 bytes in base64") }
        return key
    }
}
