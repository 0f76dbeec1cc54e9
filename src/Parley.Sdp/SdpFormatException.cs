namespace Parley.Sdp;

/// <summary>Thrown by <see cref="SdpDocument.Parse"/> for text that is no session description.</summary>
public sealed class SdpFormatException : FormatException
{
    /// <summary>Wraps an error.</summary>
    public SdpFormatException(SdpParseError error)
        : base(error?.ToString()) => Error = error ?? throw new ArgumentNullException(nameof(error));

    /// <summary>What is wrong, and where.</summary>
    public SdpParseError Error { get; }
}
