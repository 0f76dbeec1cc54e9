namespace Parley.Sdp;

/// <summary>Reads a description line by line. RFC 9429 §5.8.1 and §5.8.2 say which lines must be there.</summary>
internal sealed class SdpParser
{
    private int _lineNumber;
    private MediaDescription? _media;

    public SdpParser() => Document.Timings.Clear();

    public SdpDocument Document { get; } = new();

    public SdpParseError? Read(ReadOnlySpan<char> text)
    {
        if (text.Length > SdpDocument.MaximumLength)
        {
            return SdpParseError.Create(
                1, default, SdpErrorReason.TooLong, $"The description is longer than {SdpDocument.MaximumLength} characters");
        }

        // Blank lines at the end are common in pasted text, and harmless.
        text = text.TrimEnd("\r\n");
        if (text.IsEmpty)
        {
            return SdpParseError.Create(1, default, SdpErrorReason.Empty, "There is no line");
        }

        while (!text.IsEmpty)
        {
            int end = text.IndexOf('\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            line = line.EndsWith('\r') ? line[..^1] : line;
            _lineNumber++;
            // Chromium 156 reads up to a media line that says nothing, and no further.
            if (line is "m=" && Document.Media.Count > 0)
            {
                break;
            }

            if (ReadLine(line) is { } fault)
            {
                return SdpParseError.Create(_lineNumber, line, fault.Reason, fault.Message);
            }
        }

        return Missing() is { } missing ? SdpParseError.Create(_lineNumber + 1, default, missing.Reason, missing.Message) : null;
    }

    private Fault? ReadLine(ReadOnlySpan<char> line)
    {
        if (_lineNumber > SdpDocument.MaximumLines)
        {
            return new(SdpErrorReason.TooManyLines, $"There are more than {SdpDocument.MaximumLines} lines");
        }

        if (line.Length < 2 || line[1] != '=' || line.Contains('\r'))
        {
            return new(SdpErrorReason.InvalidLine, "A line is a letter, an equals sign and a text");
        }

        char type = line[0];
        var value = line[2..];
        if (value.Contains('\0'))
        {
            return ReadLineWithNul(type, value);
        }

        return _lineNumber switch
        {
            1 => ReadVersion(type, value),
            2 => ReadOrigin(type, value),
            3 => ReadSessionName(type, value),
            _ when _media is null || type == 'm' => ReadSessionLine(type, value),
            _ => ReadMediaLine(_media, type, value),
        };
    }

    // RFC 8866 §9: no text holds a NUL, and none is written. Chromium 156 takes it; of lines that must be understood it never is.
    private Fault? ReadLineWithNul(char type, ReadOnlySpan<char> value)
    {
        if (_lineNumber == 3)
        {
            return ReadSessionName(type, value.ToString().Replace("\0", "", StringComparison.Ordinal));
        }

        return _lineNumber > 3 && type is ('a' or 'e' or 'i' or 'p' or 'u')
            ? null
            : new(SdpErrorReason.InvalidLine, "The line holds a NUL");
    }

    private Fault? Missing() => _lineNumber switch
    {
        1 => new(SdpErrorReason.MissingOrigin, "The second line must be o="),
        2 => new(SdpErrorReason.MissingSessionName, "The third line must be s="),
        _ when Document.Timings.Count == 0 => new(SdpErrorReason.MissingTiming, "There is no t= line"),
        _ => null,
    };

    // RFC 8866 §5.1 has 0; there has been no other, and browsers look at the letter alone.
    private static Fault? ReadVersion(char type, ReadOnlySpan<char> value) => type != 'v' || value.IsEmpty
        ? new(SdpErrorReason.MissingVersion, "The first line must be v=")
        : null;

    private Fault? ReadOrigin(char type, ReadOnlySpan<char> value)
    {
        if (type != 'o')
        {
            return new(SdpErrorReason.MissingOrigin, "The second line must be o=");
        }

        if (!SdpOrigin.TryParse(value, out var origin))
        {
            return new(
                SdpErrorReason.InvalidOrigin, "An origin is a user name, two numbers, a network type, an address type and an address");
        }

        Document.Origin = origin;
        return null;
    }

    private Fault? ReadSessionName(char type, ReadOnlySpan<char> value)
    {
        if (type != 's')
        {
            return new(SdpErrorReason.MissingSessionName, "The third line must be s=");
        }

        Document.SessionName = value.ToString();
        return null;
    }

    private Fault? ReadSessionLine(char type, ReadOnlySpan<char> value)
    {
        switch (type)
        {
            case 'm':
                return ReadMedia(value);
            case 't':
                if (!SdpTiming.TryParse(value, out var timing))
                {
                    return new(SdpErrorReason.InvalidTiming, "A timing is two numbers");
                }

                Document.Timings.Add(timing);
                return null;
            case 'r' when Document.Timings.Count > 0:
                Document.Timings[^1].Repeats.Add(value.ToString());
                return null;
            default:
                return ReadCommonLine(Document, type, value);
        }
    }

    private Fault? ReadMedia(ReadOnlySpan<char> value)
    {
        if (Document.Timings.Count == 0)
        {
            return new(SdpErrorReason.MissingTiming, "There is no t= line before the first m= line");
        }

        if (Document.Media.Count == SdpDocument.MaximumMedia)
        {
            return new(SdpErrorReason.TooManyMedia, $"There are more than {SdpDocument.MaximumMedia} media sections");
        }

        if (!MediaDescription.TryParse(value, out _media))
        {
            return new(SdpErrorReason.InvalidMedia, "A media line is a kind, a port, a protocol and one format at least");
        }

        _media.LineNumber = _lineNumber;
        Document.Media.Add(_media);
        return null;
    }

    private Fault? ReadMediaLine(MediaDescription media, char type, ReadOnlySpan<char> value)
    {
        if (type != 'k' || media.EncryptionKey is not null)
        {
            return ReadCommonLine(media, type, value);
        }

        media.EncryptionKey = value.ToString();
        return null;
    }

    private Fault? ReadCommonLine(SdpSection section, char type, ReadOnlySpan<char> value)
    {
        switch (type)
        {
            case 'a':
                return ReadAttribute(section, value);
            case 'b':
                if (!SdpBandwidth.TryParse(value, out var bandwidth))
                {
                    return new(SdpErrorReason.InvalidBandwidth, "A bandwidth is a type, a colon and a number");
                }

                section.Bandwidths.Add(bandwidth);
                return null;
            case 'c':
                if (!SdpConnection.TryParse(value, out var connection))
                {
                    return new(SdpErrorReason.InvalidConnection, "A connection is a network type, an address type and an address");
                }

                section.Connections.Add(connection);
                return null;
            case 'i' when section.Title is null:
                section.Title = value.ToString();
                return null;
            case >= 'a' and <= 'z':
                // RFC 8866 §5 has a letter that is not understood refused; browsers ignore it, and what stands twice or in another place.
                section.OtherLines.Add(new SdpLine(type, value.ToString()));
                return null;
            default:
                return new(SdpErrorReason.UnknownLineType, "A line begins with a small letter");
        }
    }

    private Fault? ReadAttribute(SdpSection section, ReadOnlySpan<char> value)
    {
        int colon = value.IndexOf(':');
        // A space behind a flag is no part of its name.
        var name = colon < 0 ? value.TrimEnd(' ') : value[..colon];
        if (value.IsEmpty || value[0] == ' ')
        {
            return new(SdpErrorReason.InvalidAttribute, "An attribute has a name");
        }

        section.Attributes.Add(
            new SdpAttribute(name.ToString(), colon < 0 ? null : value[(colon + 1)..].ToString()) { LineNumber = _lineNumber });
        return null;
    }

    private sealed record Fault(SdpErrorReason Reason, string Message);
}
