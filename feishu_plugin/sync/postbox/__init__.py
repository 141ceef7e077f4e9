"""Letters of customers come out of a mailbox: read, understood, stored once, answered to by nobody.

``charsets`` and ``markup`` make text of bytes, ``mail`` takes a message apart, ``quoting`` finds what its
writer wrote, ``kinds`` tells people from machines, ``answers`` what a reply says of a finished
requirement. All these are pure. ``account`` says where a mailbox is, ``taking`` stores what one letter
comes to, ``polling`` reads a mailbox on, ``replies`` puts replies and bounces into their rows.

Everything in a letter is a stranger's: nothing of it is run, unpacked, followed or sent back.
"""
