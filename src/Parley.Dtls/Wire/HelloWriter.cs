namespace Parley.Dtls.Wire;

/// <summary>Writes the extensions of hellos.</summary>
internal static class HelloWriter
{
    public static void WriteSignatureAlgorithms(MessageWriter writer)
    {
        var list = writer.Open(2);
        foreach (var scheme in SignatureScheme.Supported)
        {
            writer.WriteUInt16(scheme.Value);
        }

        writer.Close(list, 2);
    }

    public static int OpenExtension(MessageWriter writer, ExtensionType type)
    {
        writer.WriteUInt16((ushort)type);
        return writer.Open(2);
    }

    public static void WriteEmptyExtension(MessageWriter writer, ExtensionType type) => writer.Close(OpenExtension(writer, type), 2);

    // RFC 8422 §5.1.2: one format, uncompressed.
    public static void WriteEcPointFormats(MessageWriter writer)
    {
        var extension = OpenExtension(writer, ExtensionType.EcPointFormats);
        writer.WriteByte(1);
        writer.WriteByte(0);
        writer.Close(extension, 2);
    }

    // RFC 5746 §3.2: an empty renegotiated_connection in a first handshake.
    public static void WriteRenegotiationInfo(MessageWriter writer)
    {
        var extension = OpenExtension(writer, ExtensionType.RenegotiationInfo);
        writer.WriteByte(0);
        writer.Close(extension, 2);
    }

    // RFC 5764 §4.1.1; no MKI.
    public static void WriteUseSrtp(MessageWriter writer, params ReadOnlySpan<ushort> profiles)
    {
        var extension = OpenExtension(writer, ExtensionType.UseSrtp);
        var list = writer.Open(2);
        foreach (var profile in profiles)
        {
            writer.WriteUInt16(profile);
        }

        writer.Close(list, 2);
        writer.WriteByte(0);
        writer.Close(extension, 2);
    }
}
