namespace Parley.Stun;

/// <summary>The class of a message (RFC 8489 §5): what part of an exchange it is.</summary>
public enum StunClass
{
    /// <summary>Asks for a response.</summary>
    Request = 0b00,

    /// <summary>Says something and asks for nothing.</summary>
    Indication = 0b01,

    /// <summary>The request was carried out.</summary>
    SuccessResponse = 0b10,

    /// <summary>The request was refused; ERROR-CODE says why.</summary>
    ErrorResponse = 0b11,
}
