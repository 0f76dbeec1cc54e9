using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Parley.Media;

/// <summary>The comment header of Opus in Ogg (RFC 7845 §5.2).</summary>
public sealed record OpusTags
{
    /// <summary>Who encoded it.</summary>
    public string Vendor { get; init; } = "Parley";

    /// <summary>Comments, each "NAME=value".</summary>
    public ImmutableArray<string> Comments { get; init; } = [];

    /// <summary>Reads the header; false when this is none. Comments that are cut off are left out.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out OpusTags? tags)
    {
        tags = null;
        if (packet.Length < 16 || !packet.StartsWith("OpusTags"u8))
        {
            return false;
        }

        var rest = packet[8..];
        if (!TryText(ref rest, out var vendor))
        {
            return false;
        }

        var comments = ImmutableArray.CreateBuilder<string>();
        if (rest.Length >= 4)
        {
            var count = BinaryPrimitives.ReadUInt32LittleEndian(rest);
            rest = rest[4..];
            for (var i = 0u; i < count && TryText(ref rest, out var comment); i++)
            {
                comments.Add(comment);
            }
        }

        tags = new OpusTags { Vendor = vendor, Comments = comments.ToImmutable() };
        return true;
    }

    /// <summary>The header's bytes.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        bytes.Write("OpusTags"u8);
        WriteText(bytes, Vendor);
        WriteLength(bytes, Comments.Length);
        foreach (var comment in Comments)
        {
            WriteText(bytes, comment);
        }

        return bytes.ToArray();
    }

    private static bool TryText(ref ReadOnlySpan<byte> rest, out string text)
    {
        text = "";
        if (rest.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(rest) is var length && length > rest.Length - 4)
        {
            return false;
        }

        text = System.Text.Encoding.UTF8.GetString(rest.Slice(4, (int)length));
        rest = rest[(4 + (int)length)..];
        return true;
    }

    private static void WriteText(MemoryStream bytes, string text)
    {
        var encoded = System.Text.Encoding.UTF8.GetBytes(text);
        WriteLength(bytes, encoded.Length);
        bytes.Write(encoded);
    }

    private static void WriteLength(MemoryStream bytes, int length)
    {
        Span<byte> field = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(field, length);
        bytes.Write(field);
    }
}
