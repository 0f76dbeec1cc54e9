namespace Parley.Signaling;

/// <summary>The codes of <see cref="ErrorMessage"/>, as listed in docs/signaling.md.</summary>
public static class SignalingErrorCodes
{
    /// <summary>The message was not a JSON object in a text message.</summary>
    public const string NotJson = "not-json";

    /// <summary>The message was larger than 256 KiB.</summary>
    public const string TooLarge = "too-large";

    /// <summary>The message had no string <c>to</c>, or neither a <c>description</c> nor a <c>candidate</c>.</summary>
    public const string MissingField = "missing-field";

    /// <summary>Nobody of that id is in the room (any more).</summary>
    public const string UnknownPeer = "unknown-peer";

    /// <summary>The room has no place left; the socket stays open, but is in no room.</summary>
    public const string RoomFull = "room-full";

    /// <summary>The server holds as many rooms as it may; the socket stays open, but is in no room.</summary>
    public const string ServerFull = "server-full";

    /// <summary>More came than the server takes; from now on it reads more slowly.</summary>
    public const string SlowDown = "slow-down";

    /// <summary>It went on after <see cref="SlowDown"/>; the server closes the socket.</summary>
    public const string Flood = "flood";
}
