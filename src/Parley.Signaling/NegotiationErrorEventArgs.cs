namespace Parley.Signaling;

/// <summary>A step of negotiation failed.</summary>
/// <param name="exception">Why.</param>
public sealed class NegotiationErrorEventArgs(Exception exception) : EventArgs
{
    /// <summary>
    /// Why: an <see cref="RtcException"/> of the connection, or what the channel threw, such as a <see cref="SignalingException"/>.
    /// </summary>
    public Exception Exception { get; } = exception;
}
