namespace Parley.Sdp;

/// <summary>A line that WebRTC gives no meaning and that is kept verbatim.</summary>
/// <param name="Type">The letter before the equals sign.</param>
/// <param name="Value">The text after it.</param>
public readonly record struct SdpLine(char Type, string Value)
{
    /// <summary>The whole line, without its end.</summary>
    public override string ToString() => $"{Type}={Value}";
}
