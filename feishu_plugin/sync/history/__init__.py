"""Closed requirements leave the register for 历史需求数据表 and come back, and none is ever lost.

``ripe`` says which may leave, ``leaving`` copies, compares and deletes, ``returning`` brings back.
"""
