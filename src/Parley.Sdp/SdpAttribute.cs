namespace Parley.Sdp;

/// <summary>
/// One <c>a=</c> line: <c>a=name</c> or <c>a=name:value</c> (RFC 8866 §5.13). Equality looks at the name and the value only.
/// </summary>
/// <param name="Name">What stands before the first colon. Case-sensitive, as RFC 8866 has it.</param>
/// <param name="Value">What stands after the first colon, verbatim; null for a property attribute without a colon.</param>
public readonly record struct SdpAttribute(string Name, string? Value = null)
{
    /// <summary>The 1-based line of the text it was parsed from; 0 when it was made by code.</summary>
    public int LineNumber { get; init; }

    /// <inheritdoc/>
    public bool Equals(SdpAttribute other) => Name == other.Name && Value == other.Value;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Value);

    /// <summary>The text after <c>a=</c>.</summary>
    public override string ToString() => Value is null ? Name : $"{Name}:{Value}";
}
