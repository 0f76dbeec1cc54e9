using Parley.Dtls;
using Parley.Dtls.Wire;

namespace Parley.Fuzz.Targets;

/// <summary>The parsers of handshake messages and of certificates' keys; the first byte says which.</summary>
internal sealed class DtlsMessagesTarget : FuzzTarget
{
    public override string Name => "dtls-messages";

    public override IEnumerable<byte[]> Seeds()
    {
        foreach (var datagram in DtlsPair.Record())
        {
            for (var offset = 0;
                 RecordHeader.TryParse(datagram.AsSpan(offset), out var record, out _);
                 offset += RecordHeader.Size + record.Length)
            {
                var content = datagram.AsSpan(offset + RecordHeader.Size, record.Length);
                if (record is { Epoch: 0, Type: ContentType.Handshake }
                    && HandshakeHeader.TryParse(content, out var header, out _)
                    && header.IsWhole)
                {
                    yield return [(byte)header.Type, .. content[HandshakeHeader.Size..]];
                }
            }
        }

        yield return [0, .. DtlsPair.Certificate.Der.Span];
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var body = input[1..];
        switch ((HandshakeType)input[0])
        {
            case HandshakeType.ClientHello:
                ClientHello.TryParse(body, out _, out _);
                break;
            case HandshakeType.ServerHello:
                ServerHello.TryParse(body, out _, out _);
                break;
            case HandshakeType.HelloVerifyRequest:
                HelloVerifyRequest.TryParse(body, out _, out _);
                break;
            case HandshakeType.Certificate:
                CertificateList.TryParse(body, out _, out _);
                break;
            case HandshakeType.ServerKeyExchange:
                ServerKeyExchange.TryParse(body, out _, out _);
                break;
            case HandshakeType.CertificateRequest:
                CertificateRequest.TryParse(body, out _, out _);
                break;
            case HandshakeType.CertificateVerify:
                DigitalSignature.TryParse(body, out _, out _);
                break;
            case 0:
                PeerPublicKey.TryParse(body)?.Dispose();
                break;
            default:
                HelloExtensions.TryParse(body, out _, out _);
                UseSrtp.TryParse(body, out _, out _);
                break;
        }
    }
}
