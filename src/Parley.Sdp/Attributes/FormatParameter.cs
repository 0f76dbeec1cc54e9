namespace Parley.Sdp;

/// <summary>One part of an fmtp line, between semicolons.</summary>
/// <param name="Name">What stands before the equals sign, or the whole part ("0-15", "111/111").</param>
/// <param name="Value">What stands after it; null where there is no equals sign.</param>
public readonly record struct FormatParameter(string Name, string? Value)
{
    /// <summary>"name=value", or the name alone.</summary>
    public override string ToString() => Value is null ? Name : $"{Name}={Value}";
}
