namespace Parley.Stun;

/// <summary>The numbers of ERROR-CODE that Parley sends or acts on (RFC 8489 §18.4, RFC 8445 §16.2, RFC 8656 §19).</summary>
public static class StunErrorCode
{
    /// <summary>Try Alternate.</summary>
    public const int TryAlternate = 300;

    /// <summary>Bad Request.</summary>
    public const int BadRequest = 400;

    /// <summary>Unauthenticated.</summary>
    public const int Unauthenticated = 401;

    /// <summary>Forbidden (TURN).</summary>
    public const int Forbidden = 403;

    /// <summary>Unknown Attribute.</summary>
    public const int UnknownAttribute = 420;

    /// <summary>Allocation Mismatch (TURN).</summary>
    public const int AllocationMismatch = 437;

    /// <summary>Stale Nonce.</summary>
    public const int StaleNonce = 438;

    /// <summary>Role Conflict (ICE).</summary>
    public const int RoleConflict = 487;

    /// <summary>Server Error.</summary>
    public const int ServerError = 500;
}
