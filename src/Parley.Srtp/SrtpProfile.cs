namespace Parley.Srtp;

/// <summary>
/// A DTLS-SRTP protection profile; its value is the identifier on the wire (RFC 5764 §4.1.2, RFC 7714 §14.2).
/// </summary>
public enum SrtpProfile : ushort
{
    /// <summary>
    /// SRTP_AES128_CM_HMAC_SHA1_80: AES-128 in counter mode, tags of 80 bits. Every WebRTC endpoint has it (RFC 8827 §6.5).
    /// </summary>
    Aes128CmHmacSha1With80BitTag = 0x0001,

    /// <summary>SRTP_AES128_CM_HMAC_SHA1_32: as above, with tags of 32 bits on RTP; RTCP keeps 80 bits.</summary>
    Aes128CmHmacSha1With32BitTag = 0x0002,

    /// <summary>SRTP_AEAD_AES_128_GCM: tags of 128 bits.</summary>
    AeadAes128Gcm = 0x0007,

    /// <summary>SRTP_AEAD_AES_256_GCM: tags of 128 bits.</summary>
    AeadAes256Gcm = 0x0008,
}
