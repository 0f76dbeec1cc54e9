using Parley.Dtls.Wire;
using Parley.Net;

namespace Parley.Dtls;

/// <summary>The server's side: flights 4 and 6 (RFC 6347 §4.2.4). It asks for no cookie: see docs/dtls.md.</summary>
internal sealed class ServerHandshake(DtlsOptions options, RandomSource random) : Handshake(options, random)
{
    // RFC 5746 §3.3.
    private const ushort EmptyRenegotiationInfoScsv = 0x00FF;

    private Expected _expected = Expected.ClientHello;
    private KeyExchange? _keyExchange;

    private enum Expected
    {
        ClientHello,
        Certificate,
        ClientKeyExchange,
        CertificateVerify,
        Finished,
    }

    protected override bool IsClient => false;

    public override void Start()
    {
    }

    public override HandshakeFault? Receive(HandshakeType type, ReadOnlySpan<byte> message)
    {
        return (_expected, type) switch
        {
            (Expected.ClientHello, HandshakeType.ClientHello) => ReceiveClientHello(message),
            (Expected.Certificate, HandshakeType.Certificate) => ReceiveClientCertificate(message),
            (Expected.ClientKeyExchange, HandshakeType.ClientKeyExchange) => ReceiveClientKeyExchange(message),
            (Expected.CertificateVerify, HandshakeType.CertificateVerify) => ReceiveCertificateVerify(message),
            (Expected.Finished, HandshakeType.Finished) => ReceiveFinished(message),
            _ => HandshakeFault.Unexpected,
        };
    }

    public override void Dispose()
    {
        _keyExchange?.Dispose();
        base.Dispose();
    }

    private HandshakeFault? ReceiveClientHello(ReadOnlySpan<byte> message)
    {
        if (!ClientHello.TryParse(message[HandshakeHeader.Size..], out var hello, out _))
        {
            return HandshakeFault.Malformed;
        }

        if (!Offers12(hello))
        {
            return HandshakeFault.Version;
        }

        // RFC 5246 §7.4.1.2: null compression must be among those offered.
        if (!hello.CompressionMethods.Contains((byte)0))
        {
            return HandshakeFault.Illegal;
        }

        // RFC 8422 §5.1.2: a list of point formats without the uncompressed one, beside groups, "MUST" be answered by illegal_parameter.
        if (hello.Extensions.Has(ExtensionType.EcPointFormats)
            && hello.Extensions.Has(ExtensionType.SupportedGroups)
            && !hello.Extensions.EcPointFormats.Contains((byte)0))
        {
            return HandshakeFault.Illegal;
        }

        // RFC 5246 §7.4.1.4.1: without the extension the client means SHA-1, which is not spoken here.
        if (ChooseGroup(hello) is not { } group || !TryChooseCertificate(hello, out var suite, out var scheme))
        {
            return HandshakeFault.NothingInCommon;
        }

        var extensions = hello.Extensions;
        if (!extensions.RenegotiationInfo.IsEmpty)
        {
            return new HandshakeFault(DtlsFailure.IllegalParameter, AlertDescription.HandshakeFailure);
        }

        ExtendedMasterSecret = extensions.Has(ExtensionType.ExtendedMasterSecret);
        if (!ExtendedMasterSecret && Options.RequireExtendedMasterSecret)
        {
            return HandshakeFault.NoExtendedMasterSecret;
        }

        if (extensions.Has(ExtensionType.UseSrtp) && !TryChooseSrtpProfile(extensions.UseSrtp))
        {
            return HandshakeFault.Malformed;
        }

        Suite = suite;
        hello.Random.CopyTo(ClientRandom);

        // RFC 8446 §4.1.3: the downgrade sentinel is for servers that speak 1.3; ours does not, and the random is all random.
        Random.Fill(ServerRandom);
        Transcript.Add(message);
        WriteServerHello(
            extensions.Has(ExtensionType.RenegotiationInfo) || VectorReader.HoldsUInt16(hello.CipherSuites, EmptyRenegotiationInfoScsv),
            extensions.Has(ExtensionType.EcPointFormats));
        WriteCertificate();
        WriteServerKeyExchange(group, scheme);
        CertificateRequest.Write(Begin(HandshakeType.CertificateRequest));
        End();
        Begin(HandshakeType.ServerHelloDone);
        End();
        _expected = Expected.Certificate;
        return null;
    }

    // RFC 8446 §4.2.1: where supported_versions is present it alone counts. The numbers fall as the versions rise.
    private static bool Offers12(in ClientHello hello) => hello.Extensions.Has(ExtensionType.SupportedVersions)
        ? VectorReader.HoldsUInt16(hello.Extensions.SupportedVersions, (ushort)DtlsProtocolVersion.Dtls12)
        : hello.Version <= DtlsProtocolVersion.Dtls12 && (ushort)hello.Version >> 8 == 0xFE;

    private bool TryChooseCertificate(in ClientHello hello, out CipherSuiteParameters suite, out SignatureScheme scheme)
    {
        foreach (var certificate in Certificates)
        {
            Certificate = certificate;
            if (TakesCurve(hello)
                && ChooseSuite(hello) is { } fitting
                && ChooseScheme(hello.Extensions.SignatureAlgorithms) is { } accepted)
            {
                (suite, scheme) = (fitting, accepted);
                return true;
            }
        }

        (suite, scheme) = (default, default);
        return false;
    }

    // RFC 8422 §5.3: "If the client has used a Supported Elliptic Curves Extension, the public key in the server's certificate MUST respect
    // the client's choice of elliptic curves." So whoever offers x25519 alone is served with an RSA certificate, or not at all.
    private bool TakesCurve(in ClientHello hello) =>
        !Certificate.IsEcdsa
        || !hello.Extensions.Has(ExtensionType.SupportedGroups)
        || (Certificate.Curve is { } curve && VectorReader.HoldsUInt16(hello.Extensions.SupportedGroups, (ushort)curve));

    private CipherSuiteParameters? ChooseSuite(in ClientHello hello)
    {
        foreach (var suite in CipherSuiteParameters.Supported)
        {
            if (suite.IsEcdsa == Certificate.IsEcdsa && VectorReader.HoldsUInt16(hello.CipherSuites, (ushort)suite.Suite))
            {
                return suite;
            }
        }

        return null;
    }

    // RFC 8422 §4: a client that names no groups leaves the choice to the server.
    private static NamedGroup? ChooseGroup(in ClientHello hello)
    {
        if (!hello.Extensions.Has(ExtensionType.SupportedGroups))
        {
            return NamedGroup.Secp256r1;
        }

        foreach (var group in KeyExchange.Supported)
        {
            if (VectorReader.HoldsUInt16(hello.Extensions.SupportedGroups, (ushort)group))
            {
                return group;
            }
        }

        return null;
    }

    // By our own preference; no profile in common is no fault (RFC 5764 §4.1.1: the extension is left out of the answer).
    private bool TryChooseSrtpProfile(ReadOnlySpan<byte> data)
    {
        if (!UseSrtp.TryParse(data, out var offer, out _))
        {
            return false;
        }

        foreach (var profile in Options.SrtpProfiles)
        {
            if (VectorReader.HoldsUInt16(offer.Profiles, profile))
            {
                SrtpProfile = profile;
                break;
            }
        }

        return true;
    }

    private void WriteServerHello(bool renegotiationInfo, bool pointFormats)
    {
        var writer = Begin(HandshakeType.ServerHello);
        writer.WriteUInt16((ushort)DtlsProtocolVersion.Dtls12);
        writer.WriteBytes(ServerRandom);
        writer.WriteByte(0);
        writer.WriteUInt16((ushort)Suite.Suite);
        writer.WriteByte(0);
        var extensions = writer.Open(2);
        if (ExtendedMasterSecret)
        {
            HelloWriter.WriteEmptyExtension(writer, ExtensionType.ExtendedMasterSecret);
        }

        if (renegotiationInfo)
        {
            HelloWriter.WriteRenegotiationInfo(writer);
        }

        if (pointFormats)
        {
            HelloWriter.WriteEcPointFormats(writer);
        }

        if (SrtpProfile is { } profile)
        {
            HelloWriter.WriteUseSrtp(writer, profile);
        }

        writer.Close(extensions, 2);
        End();
    }

    private void WriteServerKeyExchange(NamedGroup group, SignatureScheme scheme)
    {
        _keyExchange = KeyExchange.Create(group, Random);
        Group = group;
        var point = _keyExchange.Public;
        byte[] parameters = [Wire.ServerKeyExchange.NamedCurve, (byte)((ushort)group >> 8), (byte)group, (byte)point.Length, .. point];
        byte[] signed = [.. Randoms, .. parameters];
        var writer = Begin(HandshakeType.ServerKeyExchange);
        writer.WriteBytes(parameters);
        WriteSignature(writer, scheme, signed);
        End();
    }

    private HandshakeFault? ReceiveClientCertificate(ReadOnlySpan<byte> message)
    {
        if (ReceiveCertificate(message[HandshakeHeader.Size..]) is { } fault)
        {
            return fault;
        }

        Transcript.Add(message);
        _expected = Expected.ClientKeyExchange;
        return null;
    }

    private HandshakeFault? ReceiveClientKeyExchange(ReadOnlySpan<byte> message)
    {
        // RFC 8422 §5.7: one vector, the client's point.
        var reader = new BigEndianReader(message[HandshakeHeader.Size..]);
        if (!reader.TryReadVector8(out var point) || reader.Remaining != 0)
        {
            return HandshakeFault.Malformed;
        }

        if (_keyExchange!.Agree(point) is not { } premaster)
        {
            return HandshakeFault.Illegal;
        }

        Transcript.Add(message);
        DeriveMasterSecret(premaster);
        _expected = Expected.CertificateVerify;
        return null;
    }

    private HandshakeFault? ReceiveCertificateVerify(ReadOnlySpan<byte> message)
    {
        if (!DigitalSignature.TryParse(message[HandshakeHeader.Size..], out var signature, out _))
        {
            return HandshakeFault.Malformed;
        }

        // RFC 5246 §7.4.8: over all messages so far, without this one.
        if (!PeerKey!.Verify(signature.Scheme, Transcript.Messages, signature.Value))
        {
            return HandshakeFault.Signature;
        }

        Transcript.Add(message);
        _expected = Expected.Finished;
        return null;
    }

    private HandshakeFault? ReceiveFinished(ReadOnlySpan<byte> message)
    {
        if (VerifyFinished(message[HandshakeHeader.Size..]) is { } fault)
        {
            return fault;
        }

        Transcript.Add(message);
        WriteChangeCipherSpecAndFinished();
        IsComplete = true;
        return null;
    }
}
