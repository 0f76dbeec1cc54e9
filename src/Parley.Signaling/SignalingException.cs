namespace Parley.Signaling;

/// <summary>The way to the room or to a peer is broken, or the room cannot be joined.</summary>
public sealed class SignalingException : IOException
{
    /// <summary>With a message.</summary>
    public SignalingException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and what caused it.</summary>
    public SignalingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The code of the server's error when there was one, of <see cref="SignalingErrorCodes"/>.</summary>
    public string? Code { get; init; }

    // Trying again is in vain.
    internal bool IsForGood { get; init; }
}
