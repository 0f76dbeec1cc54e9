namespace Parley.Rtp;

/// <summary>
/// Reads the elements of a header extension, in the one-byte or the two-byte form by the profile bits (RFC 8285 §4). A broken
/// element ends the reading; what came before it stands. So does the 64th. Use it in <c>foreach</c> or by <see cref="TryFind"/>.
/// </summary>
public ref struct RtpHeaderExtensionReader
{
    /// <summary>The profile bits of the one-byte form.</summary>
    public const ushort OneByteProfile = 0xBEDE;

    /// <summary>The profile bits of the two-byte form; the low four are the application's.</summary>
    public const ushort TwoByteProfile = 0x1000;

    /// <summary>More elements than any sender has extensions.</summary>
    private const int MaxElements = 64;

    private readonly bool _oneByte;
    private ReadOnlySpan<byte> _rest;
    private int _left;

    internal RtpHeaderExtensionReader(ushort profile, ReadOnlySpan<byte> data)
    {
        _oneByte = profile == OneByteProfile;
        _rest = _oneByte || (profile & 0xFFF0) == TwoByteProfile ? data : default;
        _left = MaxElements;
        Current = default;
    }

    /// <summary>The element read last.</summary>
    public RtpHeaderExtensionElement Current { get; private set; }

    /// <summary>The reader itself, for <c>foreach</c>.</summary>
    public readonly RtpHeaderExtensionReader GetEnumerator() => this;

    /// <summary>Reads the next element.</summary>
    public bool MoveNext()
    {
        // RFC 8285 §4.1: padding bytes are zero and may stand between elements.
        var next = _rest.IndexOfAnyExcept((byte)0);
        if (next < 0 || _left-- == 0)
        {
            return false;
        }

        _rest = _rest[next..];
        return _oneByte ? ReadOneByte() : ReadTwoByte();
    }

    /// <summary>The data of the first element with this id; an id of 0 is never found.</summary>
    public readonly bool TryFind(byte id, out ReadOnlySpan<byte> data)
    {
        if (id != 0)
        {
            var reader = this;
            while (reader.MoveNext())
            {
                if (reader.Current.Id == id)
                {
                    data = reader.Current.Data;
                    return true;
                }
            }
        }

        data = default;
        return false;
    }

    private bool ReadOneByte()
    {
        var id = (byte)(_rest[0] >> 4);
        var length = (_rest[0] & 0x0F) + 1;

        // RFC 8285 §4.2: id 15 ends the extension; id 0 with a length is an element to be ignored, and does not occur in good packets.
        return id != 15 && Take(id, 1, length);
    }

    private bool ReadTwoByte() => _rest.Length >= 2 && Take(_rest[0], 2, _rest[1]);

    private bool Take(byte id, int header, int length)
    {
        if (_rest.Length < header + length)
        {
            _rest = default;
            return false;
        }

        Current = new RtpHeaderExtensionElement(id, _rest.Slice(header, length));
        _rest = _rest[(header + length)..];
        return true;
    }
}
