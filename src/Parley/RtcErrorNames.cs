namespace Parley;

/// <summary>The DOMException names that webrtc-pc uses.</summary>
public static class RtcErrorNames
{
    /// <summary>The object is in the wrong state.</summary>
    public const string InvalidStateError = nameof(InvalidStateError);

    /// <summary>The object does not support the operation or argument.</summary>
    public const string InvalidAccessError = nameof(InvalidAccessError);

    /// <summary>The object cannot be modified in this way.</summary>
    public const string InvalidModificationError = nameof(InvalidModificationError);

    /// <summary>The operation failed for an operation-specific reason.</summary>
    public const string OperationError = nameof(OperationError);

    /// <summary>The operation is not supported.</summary>
    public const string NotSupportedError = nameof(NotSupportedError);

    /// <summary>The string did not match the expected pattern.</summary>
    public const string SyntaxError = nameof(SyntaxError);

    /// <summary>An invalid character was found.</summary>
    public const string InvalidCharacterError = nameof(InvalidCharacterError);

    /// <summary>The operation was aborted.</summary>
    public const string AbortError = nameof(AbortError);

    /// <summary>Something outside the specification went wrong.</summary>
    public const string UnknownError = nameof(UnknownError);

    /// <summary>A network error occurred.</summary>
    public const string NetworkError = nameof(NetworkError);
}
