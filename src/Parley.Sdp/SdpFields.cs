namespace Parley.Sdp;

/// <summary>Walks a text's fields, which spaces separate. Several spaces count as one.</summary>
internal ref struct SdpFields(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text.TrimStart(' ');

    /// <summary>What has not been read yet, without the spaces before it.</summary>
    public readonly ReadOnlySpan<char> Rest => _rest;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool TryNext(out ReadOnlySpan<char> field)
    {
        if (_rest.IsEmpty)
        {
            field = default;
            return false;
        }

        int space = _rest.IndexOf(' ');
        if (space < 0)
        {
            field = _rest;
            _rest = default;
            return true;
        }

        field = _rest[..space];
        _rest = _rest[(space + 1)..].TrimStart(' ');
        return true;
    }

    public bool TryNextUInt64(out ulong value)
    {
        value = 0;
        return TryNext(out var field) && SdpNumber.TryUInt64(field, out value);
    }

    public bool TryNextInt32(int maximum, out int value)
    {
        value = 0;
        return TryNext(out var field) && SdpNumber.TryInt32(field, maximum, out value);
    }
}
