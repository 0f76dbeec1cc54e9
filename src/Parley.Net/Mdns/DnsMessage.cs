using System.Net;
using System.Text;

namespace Parley.Net.Mdns;

/// <summary>
/// The two DNS messages a one-shot multicast query needs (RFC 1035 §4, RFC 6762 §5.1): the question, and the answer to it.
/// </summary>
internal static class DnsMessage
{
    /// <summary>Enough for the longest name and two questions.</summary>
    internal const int MaxQueryLength = HeaderLength + 2 * (MaxNameLength + 4);

    private const int HeaderLength = 12;
    private const int MaxNameLength = 255;
    private const int MaxLabelLength = 63;
    private const ushort TypeA = 1;
    private const ushort TypeAaaa = 28;
    private const ushort ClassIn = 1;

    // RFC 6762 §5.4: the top bit of a question's class asks for an answer by unicast; §10.2: that of a record's class says "flush the
    // cache".
    private const ushort TopBit = 0x8000;
    private const ushort ResponseFlag = 0x8000;
    private const ushort OpcodeAndRcode = 0x780F;

    // A message has no more records than fit, yet a forged count must not keep a parser busy.
    private const int MaxRecords = 256;

    /// <summary>Whether a name can be asked for: labels of 1 to 63 bytes, at most 255 bytes in all.</summary>
    internal static bool IsValidName(string name)
    {
        var trimmed = name.EndsWith('.') ? name[..^1] : name;
        return trimmed.Length > 0
            && Encoding.UTF8.GetByteCount(trimmed) <= MaxNameLength - 2
            && trimmed.Split('.').All(label => label.Length > 0 && Encoding.UTF8.GetByteCount(label) <= MaxLabelLength);
    }

    /// <summary>Writes a query for a name's IPv4 and IPv6 addresses that asks for answers by unicast, and returns its length.</summary>
    /// <param name="destination">At least <see cref="MaxQueryLength"/> bytes.</param>
    /// <param name="id">Comes back in a unicast answer (RFC 6762 §18.1).</param>
    /// <param name="name">A name that <see cref="IsValidName"/>.</param>
    internal static int WriteQuery(Span<byte> destination, ushort id, string name)
    {
        var writer = new BigEndianWriter(destination);
        writer.WriteUInt16(id);
        writer.WriteUInt16(0); // a standard query
        writer.WriteUInt16(2); // questions
        writer.WriteZeros(6);
        WriteQuestion(ref writer, name, TypeA);
        WriteQuestion(ref writer, name, TypeAaaa);
        return writer.Position;
    }

    /// <summary>Reads the addresses that an answer gives for a name. Never throws.</summary>
    internal static bool TryReadAnswer(
        ReadOnlySpan<byte> message, ushort id, string name, List<IPAddress> addresses, out DnsParseError error)
    {
        var reader = new BigEndianReader(message);
        if (!reader.TryReadUInt16(out var answerId) || !reader.TryReadUInt16(out var flags) || !reader.TryReadUInt16(out var questions)
            || !reader.TryReadUInt16(out var answers)
            || !reader.TryReadUInt16(out var authorities)
            || !reader.TryReadUInt16(out var additionals))
        {
            error = DnsParseError.Truncated;
            return false;
        }

        // RFC 6762 §18.1: a multicast answer has the identifier 0. §18.3, §18.11: other opcodes and codes are ignored.
        if ((flags & ResponseFlag) == 0 || (flags & OpcodeAndRcode) != 0 || (answerId != id && answerId != 0))
        {
            error = DnsParseError.NotAnAnswer;
            return false;
        }

        var records = answers + authorities + additionals;
        if (questions + records > MaxRecords)
        {
            error = DnsParseError.TooManyRecords;
            return false;
        }

        var offset = HeaderLength;
        for (var i = 0; i < questions; i++)
        {
            if (!TryMatchName(message, ref offset, default, out _) || message.Length - offset < 4)
            {
                error = DnsParseError.BadQuestion;
                return false;
            }

            offset += 4;
        }

        return TryReadRecords(message, offset, records, name, addresses, out error);
    }

    private static bool TryReadRecords(
        ReadOnlySpan<byte> message, int offset, int count, string name, List<IPAddress> addresses, out DnsParseError error)
    {
        Span<byte> wanted = stackalloc byte[MaxNameLength];
        var wantedName = wanted[..WriteName(wanted, name)];
        for (var i = 0; i < count; i++)
        {
            if (!TryMatchName(message, ref offset, wantedName, out var isWanted))
            {
                error = DnsParseError.BadName;
                return false;
            }

            var reader = new BigEndianReader(message[offset..]);
            if (!reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out var @class) || !reader.TrySkip(4)
                || !reader.TryReadUInt16(out var length) || !reader.TryReadBytes(length, out var data))
            {
                error = DnsParseError.Truncated;
                return false;
            }

            offset = message.Length - reader.Remaining;
            if (isWanted && (@class & ~TopBit) == ClassIn && (type, length) is (TypeA, 4) or (TypeAaaa, 16))
            {
                addresses.Add(new IPAddress(data));
            }
        }

        error = DnsParseError.None;
        return true;
    }

    private static void WriteQuestion(ref BigEndianWriter writer, string name, ushort type)
    {
        Span<byte> bytes = stackalloc byte[MaxNameLength];
        writer.WriteBytes(bytes[..WriteName(bytes, name)]);
        writer.WriteUInt16(type);
        writer.WriteUInt16(ClassIn | TopBit);
    }

    private static int WriteName(Span<byte> destination, string name)
    {
        var written = 0;
        foreach (var label in name.AsSpan().TrimEnd('.').Split('.'))
        {
            var length = Encoding.UTF8.GetBytes(name.AsSpan()[label], destination[(written + 1)..]);
            destination[written] = (byte)length;
            written += length + 1;
        }

        destination[written] = 0;
        return written + 1;
    }

    /// <summary>
    /// Passes over a name, following compression pointers (RFC 1035 §4.1.4), and tells whether it is the wanted one, letters compared
    /// without regard to case. Each pointer must lead backwards, so that there is an end to it.
    /// </summary>
    private static bool TryMatchName(ReadOnlySpan<byte> message, ref int offset, ReadOnlySpan<byte> wanted, out bool isWanted)
    {
        isWanted = !wanted.IsEmpty;
        var position = offset;
        var limit = offset;
        var jumped = false;
        var total = 0;
        while ((uint)position < (uint)message.Length)
        {
            int length = message[position];
            if (length >= 0xC0)
            {
                if (position + 1 >= message.Length)
                {
                    return false;
                }

                var target = ((length & 0x3F) << 8) | message[position + 1];
                if (target >= limit)
                {
                    return false;
                }

                offset = jumped ? offset : position + 2;
                jumped = true;
                position = limit = target;
                continue;
            }

            total += length + 1;
            if (length > MaxLabelLength || total > MaxNameLength || message.Length - position <= length)
            {
                return false;
            }

            isWanted = isWanted && wanted.Length > length
                && EqualIgnoringCase(message.Slice(position, length + 1), wanted[..(length + 1)]);
            wanted = isWanted ? wanted[(length + 1)..] : wanted;
            position += length + 1;
            if (length == 0)
            {
                offset = jumped ? offset : position;
                return true;
            }
        }

        return false;
    }

    private static bool EqualIgnoringCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            if (Lower(left[i]) != Lower(right[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static int Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? value | 0x20 : value;
}
