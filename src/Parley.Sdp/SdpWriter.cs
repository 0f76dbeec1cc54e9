using System.Text;

namespace Parley.Sdp;

/// <summary>Appends lines with CRLF ends (RFC 8866 §5).</summary>
internal readonly struct SdpWriter(StringBuilder text)
{
    public void Line(char type, ReadOnlySpan<char> value)
    {
        Check(value);
        text.Append(type).Append('=').Append(value).Append("\r\n");
    }

    public void Optional(char type, string? value)
    {
        if (value is not null)
        {
            Line(type, value);
        }
    }

    public void Attribute(SdpAttribute attribute)
    {
        Check(attribute.Name);
        Check(attribute.Value);
        text.Append("a=").Append(attribute.Name);
        if (attribute.Value is not null)
        {
            text.Append(':').Append(attribute.Value);
        }

        text.Append("\r\n");
    }

    // A line break inside a value would let whoever chose the value write lines of their own.
    private static void Check(ReadOnlySpan<char> value)
    {
        if (value.ContainsAny('\r', '\n', '\0'))
        {
            throw new InvalidOperationException("A value of a session description may hold no line break and no NUL.");
        }
    }
}
