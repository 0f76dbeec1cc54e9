using Parley.Dtls.Wire;
using Parley.Net;

namespace Parley.Dtls;

/// <summary>The client's side: flights 1, 3 and 5 (RFC 6347 §4.2.4).</summary>
internal sealed class ClientHandshake(DtlsOptions options, RandomSource random) : Handshake(options, random)
{
    // A server that asks again and again for another cookie is not worth following.
    private const int MaxCookieRequests = 2;

    private Expected _expected = Expected.ServerHello;

    // Made ahead, while ICE still looks for a path, for the group that most servers take of those offered: the first. Used once, or never.
    private KeyExchange _keyExchange = KeyExchange.Create(KeyExchange.Supported[0], random);
    private byte[] _peerPoint = [];
    private SignatureScheme? _scheme;
    private bool _certificateRequested;
    private int _cookieRequests;

    private enum Expected
    {
        ServerHello,
        Certificate,
        ServerKeyExchange,
        CertificateRequestOrDone,
        Done,
        Finished,
    }

    protected override bool IsClient => true;

    public override void Start()
    {
        Random.Fill(ClientRandom);
        WriteClientHello([]);
    }

    public override HandshakeFault? Receive(HandshakeType type, ReadOnlySpan<byte> message)
    {
        var body = message[HandshakeHeader.Size..];
        switch (_expected, type)
        {
            case (Expected.ServerHello, HandshakeType.HelloVerifyRequest):
                return ReceiveHelloVerifyRequest(body);
            case (Expected.CertificateRequestOrDone or Expected.Done, HandshakeType.ServerHelloDone):
                return ReceiveServerHelloDone(message);
            case (Expected.Finished, HandshakeType.Finished):
                var finished = VerifyFinished(body);
                IsComplete = finished is null;
                return finished;
        }

        var fault = (_expected, type) switch
        {
            (Expected.ServerHello, HandshakeType.ServerHello) => ReceiveServerHello(body),
            (Expected.Certificate, HandshakeType.Certificate) => ReceiveServerCertificate(body),
            (Expected.ServerKeyExchange, HandshakeType.ServerKeyExchange) => ReceiveServerKeyExchange(body),
            (Expected.CertificateRequestOrDone, HandshakeType.CertificateRequest) => ReceiveCertificateRequest(body),
            _ => HandshakeFault.Unexpected,
        };
        if (fault is null)
        {
            Transcript.Add(message);
        }

        return fault;
    }

    public override void Dispose()
    {
        _keyExchange.Dispose();
        base.Dispose();
    }

    private void WriteClientHello(ReadOnlySpan<byte> cookie)
    {
        var writer = Begin(HandshakeType.ClientHello);
        writer.WriteUInt16((ushort)DtlsProtocolVersion.Dtls12);
        writer.WriteBytes(ClientRandom);
        writer.WriteByte(0);
        writer.WriteByte((byte)cookie.Length);
        writer.WriteBytes(cookie);
        var suites = writer.Open(2);
        foreach (var suite in CipherSuiteParameters.Supported)
        {
            writer.WriteUInt16((ushort)suite.Suite);
        }

        writer.Close(suites, 2);
        writer.WriteByte(1);
        writer.WriteByte(0);
        var extensions = writer.Open(2);
        HelloWriter.WriteEmptyExtension(writer, ExtensionType.ExtendedMasterSecret);
        HelloWriter.WriteRenegotiationInfo(writer);
        var extension = HelloWriter.OpenExtension(writer, ExtensionType.SupportedGroups);
        var groups = writer.Open(2);
        foreach (var group in KeyExchange.Supported)
        {
            writer.WriteUInt16((ushort)group);
        }

        writer.Close(groups, 2);
        writer.Close(extension, 2);
        HelloWriter.WriteEcPointFormats(writer);
        extension = HelloWriter.OpenExtension(writer, ExtensionType.SignatureAlgorithms);
        HelloWriter.WriteSignatureAlgorithms(writer);
        writer.Close(extension, 2);
        if (Options.SrtpProfiles.Count > 0)
        {
            HelloWriter.WriteUseSrtp(writer, [.. Options.SrtpProfiles]);
        }

        writer.Close(extensions, 2);

        // RFC 5246 Appendix E.1: the record of a first hello names the oldest version, for servers that look at it.
        End(DtlsProtocolVersion.Dtls10);
    }

    private HandshakeFault? ReceiveHelloVerifyRequest(ReadOnlySpan<byte> body)
    {
        if (!HelloVerifyRequest.TryParse(body, out var request, out _))
        {
            return HandshakeFault.Malformed;
        }

        if (++_cookieRequests > MaxCookieRequests)
        {
            return HandshakeFault.Unexpected;
        }

        // RFC 6347 §4.2.1: the first hello and this request are no part of the transcript.
        Transcript.Clear();
        WriteClientHello(request.Cookie);
        return null;
    }

    private HandshakeFault? ReceiveServerHello(ReadOnlySpan<byte> body)
    {
        if (!ServerHello.TryParse(body, out var hello, out _))
        {
            return HandshakeFault.Malformed;
        }

        if (hello.Version != DtlsProtocolVersion.Dtls12)
        {
            return HandshakeFault.Version;
        }

        if (!CipherSuiteParameters.TryFind(hello.CipherSuite, out var suite) || hello.CompressionMethod != 0)
        {
            return HandshakeFault.Illegal;
        }

        // RFC 5246 §7.4.1.4: an extension that was not offered "MUST" end the handshake with unsupported_extension.
        var extensions = hello.Extensions;
        if (extensions.HasUnknown
            || extensions.Has(ExtensionType.SupportedVersions)
            || (extensions.Has(ExtensionType.UseSrtp) && Options.SrtpProfiles.Count == 0))
        {
            return new HandshakeFault(DtlsFailure.IllegalParameter, AlertDescription.UnsupportedExtension);
        }

        // RFC 5746 §3.4: renegotiated_connection must be empty in a first handshake, else fatal handshake_failure.
        if (!extensions.RenegotiationInfo.IsEmpty)
        {
            return new HandshakeFault(DtlsFailure.IllegalParameter, AlertDescription.HandshakeFailure);
        }

        ExtendedMasterSecret = extensions.Has(ExtensionType.ExtendedMasterSecret);
        if (!ExtendedMasterSecret && Options.RequireExtendedMasterSecret)
        {
            return HandshakeFault.NoExtendedMasterSecret;
        }

        hello.Random.CopyTo(ServerRandom);
        Suite = suite;
        _expected = Expected.Certificate;
        return extensions.Has(ExtensionType.UseSrtp) ? AcceptSrtpProfile(extensions.UseSrtp) : null;
    }

    // RFC 5764 §4.1.1: the server answers with one profile of those offered, and with the MKI offered, which was none.
    private HandshakeFault? AcceptSrtpProfile(ReadOnlySpan<byte> data)
    {
        if (!UseSrtp.TryParse(data, out var answer, out _))
        {
            return HandshakeFault.Malformed;
        }

        var profile = (ushort)((answer.Profiles[0] << 8) | answer.Profiles[1]);
        if (answer.Profiles.Length != 2 || !answer.Mki.IsEmpty || !Options.SrtpProfiles.Contains(profile))
        {
            return HandshakeFault.Illegal;
        }

        SrtpProfile = profile;
        return null;
    }

    private HandshakeFault? ReceiveServerCertificate(ReadOnlySpan<byte> body)
    {
        if (ReceiveCertificate(body) is { } fault)
        {
            return fault;
        }

        _expected = Expected.ServerKeyExchange;
        return PeerKey!.IsEcdsa == Suite.IsEcdsa ? null : HandshakeFault.UnsupportedCertificate;
    }

    private HandshakeFault? ReceiveServerKeyExchange(ReadOnlySpan<byte> body)
    {
        if (!ServerKeyExchange.TryParse(body, out var exchange, out _))
        {
            return HandshakeFault.Malformed;
        }

        if (!KeyExchange.Supported.Contains(exchange.Group) || !exchange.Signature.Scheme.IsSupported)
        {
            return HandshakeFault.Illegal;
        }

        // RFC 8422 §5.4: the signature is over both randoms and the parameters.
        byte[] signed = [.. Randoms, .. exchange.Parameters];
        if (!PeerKey!.Verify(exchange.Signature.Scheme, signed, exchange.Signature.Value))
        {
            return HandshakeFault.Signature;
        }

        if (exchange.Group != _keyExchange.Group)
        {
            _keyExchange.Dispose();
            _keyExchange = KeyExchange.Create(exchange.Group, Random);
        }

        Group = exchange.Group;
        _peerPoint = exchange.Public.ToArray();
        _expected = Expected.CertificateRequestOrDone;
        return null;
    }

    private HandshakeFault? ReceiveCertificateRequest(ReadOnlySpan<byte> body)
    {
        if (!CertificateRequest.TryParse(body, out var request, out _))
        {
            return HandshakeFault.Malformed;
        }

        foreach (var certificate in Certificates)
        {
            Certificate = certificate;
            _scheme = ChooseScheme(request.SignatureAlgorithms);
            if (_scheme is not null)
            {
                break;
            }
        }

        _certificateRequested = true;
        _expected = Expected.Done;
        return _scheme is null ? HandshakeFault.NothingInCommon : null;
    }

    private HandshakeFault? ReceiveServerHelloDone(ReadOnlySpan<byte> message)
    {
        if (message.Length != HandshakeHeader.Size)
        {
            return HandshakeFault.Malformed;
        }

        var premaster = _keyExchange.Agree(_peerPoint);
        if (premaster is null)
        {
            return HandshakeFault.Illegal;
        }

        Transcript.Add(message);
        if (_certificateRequested)
        {
            WriteCertificate();
        }

        var writer = Begin(HandshakeType.ClientKeyExchange);
        writer.WriteByte((byte)_keyExchange.Public.Length);
        writer.WriteBytes(_keyExchange.Public);
        End();
        DeriveMasterSecret(premaster);
        if (_scheme is { } scheme)
        {
            // RFC 5246 §7.4.8: over all messages so far, without this one.
            var messages = Transcript.Messages;
            WriteSignature(Begin(HandshakeType.CertificateVerify), scheme, messages);
            End();
        }

        WriteChangeCipherSpecAndFinished();
        _expected = Expected.Finished;
        return null;
    }
}
