using Parley.Net;

namespace Parley.Dtls.Wire;

/// <summary>The Certificate message (RFC 5246 §7.4.2): a vector of certificates in DER, the sender's own first.</summary>
internal static class CertificateList
{
    /// <summary>Certificates of one chain that are kept; browsers send one.</summary>
    public const int MaxCertificates = 10;

    public static bool TryParse(
        ReadOnlySpan<byte> body, out IReadOnlyList<ReadOnlyMemory<byte>> certificates, out HandshakeParseError error)
    {
        certificates = [];
        error = HandshakeParseError.Truncated;
        var outer = new BigEndianReader(body);
        if (!outer.TryReadVector24(out var vector))
        {
            return false;
        }

        if (outer.Remaining != 0)
        {
            error = HandshakeParseError.TrailingBytes;
            return false;
        }

        var list = new List<ReadOnlyMemory<byte>>(1);
        var reader = new BigEndianReader(vector);
        while (reader.Remaining > 0)
        {
            if (!reader.TryReadVector24(out var certificate))
            {
                return false;
            }

            if (certificate.IsEmpty || list.Count == MaxCertificates)
            {
                error = HandshakeParseError.BadVector;
                return false;
            }

            list.Add(certificate.ToArray());
        }

        error = HandshakeParseError.None;
        certificates = list;
        return true;
    }

    public static void Write(MessageWriter writer, ReadOnlySpan<byte> certificate)
    {
        var list = writer.Open(3);
        var entry = writer.Open(3);
        writer.WriteBytes(certificate);
        writer.Close(entry, 3);
        writer.Close(list, 3);
    }
}
