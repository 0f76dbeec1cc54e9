namespace Parley;

/// <summary>The peer sends a dial tone (RFC 4733).</summary>
/// <param name="tone">The key.</param>
/// <param name="duration">How long the tone lasted.</param>
public sealed class DtmfToneEventArgs(char tone, TimeSpan? duration) : EventArgs
{
    /// <summary>The key: 0 to 9, *, #, A to D.</summary>
    public char Tone { get; } = tone;

    /// <summary>How long the tone lasted, as the peer says; null while it goes on.</summary>
    public TimeSpan? Duration { get; } = duration;
}
